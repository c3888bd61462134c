/** Replies 4xx and 5xx, by code and by the verb they answer. RFC 5321 §4.2.3, RFC 4954 §6, RFC 3207 §4, RFC 7504. */
import { rfc, type Entry, type Rule } from '../entry.ts'

const codes: readonly Rule[] = [rfc(5321, '4.2.3')]
const auth: readonly Rule[] = [rfc(4954, '6')]

type Pair = readonly [en: string, zh: string]

/** Each row: `CODE` or `CODE@VERB`, where it is written, short, long (or undefined). */
type Row = readonly [key: string, rules: readonly Rule[], short: Pair, long?: Pair]

const retryLong: Pair = [
  'A code that begins with 4 is a no for the moment: the same mail may pass later. A sending server keeps it and tries again for days; a mail client as a rule shows the error at once.',
  '以 4 开头的响应码表示暂时不行，同一封邮件稍后可能通过。发送方服务器会保留邮件并重试数天；邮件客户端通常直接报错。',
]
const finalLong: Pair = [
  'A code that begins with 5 is a no for good: trying the same again will not help. A server returns the mail to its sender with a bounce.',
  '以 5 开头的响应码表示永久拒绝，原样重试没有用。服务器会把邮件退给发件人。',
]

const temporary: readonly Row[] = [
  ['4xx', [rfc(5321, '4.2.1')], ['Not now: try again later.', '暂时不行，请稍后重试。'], retryLong],
  [
    '421',
    [rfc(5321, '3.8'), ...codes],
    [
      'The server closes: it is busy, shutting down, or has waited too long.',
      '服务器关闭连接：繁忙、正在停机，或等得太久。',
    ],
    [
      '421 may come at any moment, even in place of the greeting. What was not answered with 250 before did not happen and should be tried again later.',
      '421 随时可能出现，甚至代替欢迎语。此前没有得到 250 的都不算数，应当稍后重试。',
    ],
  ],
  [
    '421@greeting',
    [rfc(5321, '3.8')],
    ['The server takes no one just now: try again later.', '服务器现在不接受连接，请稍后重试。'],
    retryLong,
  ],
  [
    '421@message',
    [rfc(5321, '3.8')],
    ['Not taken: the server closes. The mail must be sent again later.', '未接收，服务器关闭连接，邮件须稍后重发。'],
    retryLong,
  ],
  ['432', auth, ['A new password must be set first, by some other way.', '须先用其他途径更换口令。']],
  [
    '450',
    codes,
    ['Not now: the mailbox is busy, or the server wants another try.', '暂时不行：邮箱忙，或服务器要求稍后再试。'],
    retryLong,
  ],
  [
    '450@RCPT',
    [rfc(5321, '4.2.3'), rfc(6647, '2')],
    ['This recipient not now: try again later, perhaps greylisting.', '暂不接受该收件人，请稍后重试，可能是灰名单。'],
    [
      'The mailbox is busy or locked, or the server turns away an unknown sender the first time to see whether it comes back (greylisting). A sending server tries again by itself.',
      '邮箱忙或被锁定，或者服务器先拒绝陌生来源，看它会不会再来（灰名单）。发送方服务器会自动重试。',
    ],
  ],
  ['450@MAIL', codes, ['This sender not now: try again later.', '暂不接受该发件人，请稍后重试。'], retryLong],
  ['450@message', codes, ['The mail not now: try again later.', '暂不接收邮件，请稍后重试。'], retryLong],
  ['451', codes, ['Try again later: a local problem.', '请稍后重试：服务器本地处理出错。'], retryLong],
  [
    '451@RCPT',
    [rfc(5321, '4.2.3'), rfc(6647, '2')],
    ['This recipient not now: a local problem, or greylisting.', '暂不接受该收件人：本地出错，或灰名单。'],
    retryLong,
  ],
  ['451@MAIL', codes, ['This sender not now: a local problem.', '暂不接受该发件人：本地处理出错。'], retryLong],
  [
    '451@message',
    codes,
    ['The mail is not taken now: a local problem. Try again later.', '暂未接收邮件：本地处理出错，请稍后重试。'],
    retryLong,
  ],
  [
    '451@BDAT',
    codes,
    ['The piece is not taken now: a local problem. Try again later.', '暂未接收这一段：本地处理出错，请稍后重试。'],
    retryLong,
  ],
  ['452', codes, ['Not now: the server is short of space.', '暂时不行：服务器空间不足。'], retryLong],
  [
    '452@RCPT',
    [rfc(5321, '4.5.3.1.10')],
    ['This recipient not now: too many at once, or no space.', '暂不接受该收件人：一次太多，或空间不足。'],
    [
      'The server takes only so many recipients in one mail, or is short of space. The client should send to those already accepted, then begin again with the rest.',
      '服务器一封邮件只接受这么多收件人，或者空间不足。客户端应先发给已接受的收件人，其余的另发一次。',
    ],
  ],
  [
    '452@MAIL',
    [rfc(1870), ...codes],
    ['Not now: no space for a mail of this size.', '暂时不行：没有空间容纳这么大的邮件。'],
    retryLong,
  ],
  [
    '452@message',
    codes,
    ['The mail is not taken now: no space. Try again later.', '暂未接收邮件：空间不足，请稍后重试。'],
    retryLong,
  ],
  ['453', [rfc(2645)], ['There is no mail for you.', '没有为你保管的邮件。']],
  ['454', auth, ['Not now: sign-in does not work for the moment.', '暂时不行：登录功能暂不可用。'], retryLong],
  [
    '454@STARTTLS',
    [rfc(3207, '4')],
    ['TLS is not available for the moment; the connection stays in clear.', '暂时无法使用 TLS，连接仍为明文。'],
    [
      'The server offered TLS and cannot keep the promise now. A client that values its secrets stops here instead of going on in clear.',
      '服务器曾声明支持 TLS，现在却做不到。在意保密的客户端应当就此停下，而不是继续明文传输。',
    ],
  ],
  [
    '454@AUTH',
    auth,
    ['Not now: the server cannot check a sign-in for the moment.', '暂时不行：服务器暂时无法核对登录。'],
    retryLong,
  ],
  [
    '455',
    codes,
    ['Not now: the server cannot take these parameters.', '暂时不行：服务器无法处理这些参数。'],
    retryLong,
  ],
  ['458', [rfc(1985)], ['The kept mail cannot be sent now.', '现在无法发送保管的邮件。']],
  ['459', [rfc(1985)], ['The kept mail cannot be sent for this name.', '不能为这个名字发送保管的邮件。']],
]

const syntax: readonly Row[] = [
  ['5xx', [rfc(5321, '4.2.1')], ['Refused for good.', '永久拒绝。'], finalLong],
  [
    '500',
    codes,
    ['Not understood: no such command, or the line is too long.', '看不懂：没有这个命令，或这一行太长。'],
    [
      'The server does not know the word at the head of the line. A typing error, a hidden character or a line meant for another step are the usual causes.',
      '服务器不认识行首的词。常见原因是拼写错误、混入不可见字符，或把该在别处说的话写到了这里。',
    ],
  ],
  [
    '501',
    codes,
    ['The command is known, its argument is not right.', '命令认识，参数不对。'],
    [
      'What follows the verb does not fit: a missing angle bracket, a missing colon or no address are the usual causes.',
      '命令后面的内容不合语法，常见原因是缺少尖括号、冒号或地址。',
    ],
  ],
  ['501@EHLO', codes, ['A name is missing, or it is not a valid one.', '缺少名字，或名字不合规范。']],
  ['501@HELO', codes, ['A name is missing, or it is not a valid one.', '缺少名字，或名字不合规范。']],
  ['501@MAIL', codes, ['This sender cannot be read as an address.', '发件人不是合格的地址。']],
  ['501@RCPT', codes, ['This recipient cannot be read as an address.', '收件人不是合格的地址。']],
  [
    '501@AUTH',
    [rfc(4954, '4')],
    ['Broken off, or the answer is not valid base64.', '登录被中止，或应答不是合格的 Base64。'],
  ],
  [
    '502',
    [rfc(5321, '4.2.4')],
    ['The server knows this command and does not offer it.', '服务器知道这个命令，但不提供。'],
  ],
  [
    '503',
    codes,
    ['Not in this order: something else must come first.', '次序不对：要先执行别的命令。'],
    [
      'SMTP has an order: EHLO, then sign-in where it is needed, then MAIL, RCPT, DATA. The server says that a step is missing or comes twice.',
      'SMTP 有固定次序：EHLO，需要时登录，然后 MAIL、RCPT、DATA。服务器指出缺了一步，或重复了一步。',
    ],
  ],
  [
    '503@MAIL',
    codes,
    ['Not in this order: greet first, or a mail has already begun.', '次序不对：还没问候，或已经开始了一封邮件。'],
  ],
  ['503@RCPT', codes, ['Not in this order: the sender (MAIL) comes first.', '次序不对：要先给出发件人（MAIL）。']],
  [
    '503@DATA',
    codes,
    ['Not in this order: an accepted recipient must come first.', '次序不对：要先有被接受的收件人。'],
    ['Without one accepted recipient there is nobody to take the mail.', '没有一位收件人被接受，邮件就没有去处。'],
  ],
  [
    '503@BDAT',
    codes,
    ['Not in this order: an accepted recipient must come first.', '次序不对：要先有被接受的收件人。'],
  ],
  [
    '503@AUTH',
    [rfc(4954, '4')],
    [
      'No sign-in now: already signed in, not offered, or a mail is open.',
      '现在不能登录：已登录、不提供，或邮件未完成。',
    ],
  ],
  [
    '503@STARTTLS',
    [rfc(3207, '4')],
    ['No TLS now: it is on already, or not offered.', '现在不能启用 TLS：已启用，或不提供。'],
  ],
  ['504', codes, ['The server does not know this parameter.', '服务器不认识这个参数。']],
  ['504@AUTH', [rfc(4954, '4')], ['The server does not offer this way of signing in.', '服务器不提供这种登录方式。']],
]

const refused: readonly Row[] = [
  ['521', [rfc(7504)], ['This host takes no mail at all.', '这台主机不接收任何邮件。'], finalLong],
  [
    '521@greeting',
    [rfc(7504)],
    ['Connection made, yet this host takes no mail at all.', '连接已建立，但这台主机不接收任何邮件。'],
    finalLong,
  ],
  ['523', [rfc(5248)], ['Encryption is needed first: switch to TLS.', '须先加密：请启用 TLS。']],
  ['525', [rfc(5248)], ['This account is switched off.', '该账户已停用。']],
  [
    '530',
    auth,
    ['Sign in first.', '须先登录。'],
    [
      'The server takes this only from users who have signed in. Some servers say the same when TLS must come first.',
      '服务器只接受已登录用户的这个请求；有的服务器也用它表示要先启用 TLS。',
    ],
  ],
  ['530@AUTH', [rfc(3207, '4'), ...auth], ['Switch to TLS first.', '须先启用 TLS。']],
  ['530@STARTTLS', auth, ['Not allowed here.', '此处不允许。']],
  ['534', auth, ['This way of signing in is too weak for the server.', '服务器认为这种登录方式太弱。']],
  [
    '535',
    auth,
    ['Sign-in refused: user name or credential is not right.', '登录失败：用户名或凭据不对。'],
    [
      'The server does not tell which of the two was wrong. With many providers the account password never works here: an authorization code must be made in the settings and used instead.',
      '服务器不会说明错在用户名还是凭据。许多服务商不接受账户口令，须在设置里开通服务并使用授权码。',
    ],
  ],
  [
    '538',
    auth,
    ['This way of signing in needs TLS first.', '这种登录方式须先启用 TLS。'],
    [
      'The server declines to see a password in clear. Switch to TLS with STARTTLS, or connect to the TLS port.',
      '服务器拒绝以明文接收口令。先用 STARTTLS 启用加密，或改连 TLS 端口。',
    ],
  ],
  ['550', codes, ['Refused for good.', '永久拒绝。'], finalLong],
  [
    '550@EHLO',
    codes,
    ['The server refuses this client by its name or address.', '服务器因名字或来源地址拒绝这个客户端。'],
    finalLong,
  ],
  [
    '550@HELO',
    codes,
    ['The server refuses this client by its name or address.', '服务器因名字或来源地址拒绝这个客户端。'],
    finalLong,
  ],
  ['550@MAIL', codes, ['This sender is refused for good.', '永久拒绝该发件人。'], finalLong],
  [
    '550@RCPT',
    codes,
    ['This recipient is refused for good.', '永久拒绝该收件人。'],
    [
      'There is no such mailbox, or this server does not take mail for it, or not from this client. The text behind the code says which.',
      '邮箱不存在，或服务器不为它收信，或不接受来自这个客户端的邮件，具体看响应码后面的文字。',
    ],
  ],
  [
    '550@message',
    codes,
    ['The mail is refused for good, after it was read.', '服务器读完邮件后永久拒绝。'],
    [
      'Envelope and transfer were fine; the content or the policy of the server decided against it.',
      '信封和传输都没问题，是邮件内容或服务器策略导致拒绝。',
    ],
  ],
  ['550@VRFY', codes, ['No such user here.', '没有这个用户。']],
  ['550@EXPN', codes, ['No such list here, or it is not shown.', '没有这个列表，或不予显示。']],
  [
    '551',
    [rfc(5321, '3.4')],
    ['Not here: the server names another address to use.', '收件人不在此处，服务器给出了另一个地址。'],
  ],
  ['552', codes, ['Too much: a limit of size or space is passed.', '超出大小或空间限制。'], finalLong],
  [
    '552@MAIL',
    [rfc(1870)],
    ['A mail of this size is not taken.', '不接收这么大的邮件。'],
    [
      'The size that the client declared is above the limit the server stated after EHLO: refused before a byte of it was sent.',
      '客户端声明的大小超过服务器在 EHLO 后公布的上限，因此未发送就被拒绝。',
    ],
  ],
  ['552@RCPT', codes, ['This mailbox has no space left.', '该邮箱空间已满。'], finalLong],
  [
    '552@message',
    [rfc(1870), ...codes],
    ['The mail is refused: it is too large, or the mailbox is full.', '邮件被拒：太大，或邮箱已满。'],
    finalLong,
  ],
  ['553', codes, ['This address is not allowed.', '地址不被允许。'], finalLong],
  [
    '553@MAIL',
    codes,
    [
      'This sender address is not allowed, often: not the one signed in.',
      '发件人地址不被允许，常见原因是与登录账户不符。',
    ],
    finalLong,
  ],
  ['553@RCPT', codes, ['This recipient address is not allowed.', '收件人地址不被允许。'], finalLong],
  ['554', codes, ['Refused for good.', '永久拒绝。'], finalLong],
  [
    '554@greeting',
    [rfc(5321, '3.1')],
    ['Connection made, yet the server serves this client nothing.', '连接已建立，但服务器拒绝为这个客户端服务。'],
    [
      'Often the address of the client stands on a block list. The client may only say QUIT.',
      '常见原因是客户端地址在黑名单上。此时客户端只能发 QUIT。',
    ],
  ],
  ['554@MAIL', codes, ['This sender is refused for good.', '永久拒绝该发件人。'], finalLong],
  [
    '554@RCPT',
    codes,
    ['This recipient is refused for good; often: relaying is not allowed.', '永久拒绝该收件人，常见原因是不允许中继。'],
    [
      'Relaying: the server is asked to pass mail on to a domain that is not its own. It does so only for users who have signed in.',
      '中继：请服务器把邮件转给别的域名。服务器只为已登录的用户这样做。',
    ],
  ],
  [
    '554@DATA',
    codes,
    ['No mail now: there is no recipient to take it.', '不能发送邮件：没有可用的收件人。'],
    finalLong,
  ],
  [
    '554@message',
    codes,
    ['The mail is refused for good, after it was read.', '服务器读完邮件后永久拒绝。'],
    [
      'Content or policy decided against it: taken for spam, signatures wrong, or a mail that goes round in circles.',
      '因内容或策略被拒：被判为垃圾邮件、签名有误，或邮件在循环转发。',
    ],
  ],
  ['554@STARTTLS', [rfc(3207, '4')], ['No TLS: the connection stays in clear.', '不能启用 TLS，连接仍为明文。']],
  ['555', codes, ['The server does not know a parameter of this command.', '服务器不认识该命令的某个参数。']],
  [
    '556',
    [rfc(7504)],
    ['The domain of this recipient takes no mail at all.', '该收件人的域名不接收任何邮件。'],
    finalLong,
  ],
]

export const smtpNegativeReplies: readonly Entry[] = [...temporary, ...syntax, ...refused].map(
  ([key, rules, short, long]) => ({
    id: `smtp.reply.${key}`,
    rfc: rules,
    en: long === undefined ? { short: short[0] } : { short: short[0], long: long[0] },
    zh: long === undefined ? { short: short[1] } : { short: short[1], long: long[1] },
  }),
)

export const smtpOddReplies: readonly Entry[] = [
  {
    id: 'smtp.reply',
    rfc: [rfc(5321, '4.2')],
    en: {
      short: 'A reply with a code that no rule known here defines.',
      long: 'Codes begin with 2 (done), 3 (go on), 4 (not now) or 5 (no).',
    },
    zh: { short: '没有已知规范定义的响应码。', long: '响应码以 2（完成）、3（继续）、4（暂时不行）或 5（拒绝）开头。' },
  },
  {
    id: 'smtp.reply.stray',
    rfc: [rfc(5321, '4.2')],
    en: {
      short: 'A reply to nothing that was said here.',
      long: 'No command waits for an answer. The server speaks by itself, or the command is not in the capture.',
    },
    zh: { short: '没有对应命令的答复。', long: '没有命令在等待答复：服务器主动发言，或命令不在抓包里。' },
  },
]
