/** What POP3 replies, listings, response codes and capabilities mean. RFC 1939, RFC 2449, RFC 3206, RFC 6856. */
import { rfc, type Entry, type Rule } from '../entry.ts'

type Pair = readonly [en: string, zh: string]
type Row = readonly [key: string, rules: readonly Rule[], short: Pair, long?: Pair]

const basics = [rfc(1939, '3')]

const replies: readonly Row[] = [
  [
    'ok',
    basics,
    ['Done.', '已完成。'],
    [
      '+OK says that the command was carried out; the text behind it is for people.',
      '+OK 表示命令已执行，后面的文字是给人看的。',
    ],
  ],
  [
    'error',
    basics,
    ['Refused.', '被拒绝。'],
    [
      '-ERR says no; POP3 has no numbers for reasons, so a word in brackets or the text behind it tells why.',
      '-ERR 表示拒绝。POP3 没有数字响应码，原因写在方括号或后面的文字里。',
    ],
  ],
  [
    'continue',
    [rfc(5034, '4')],
    ['A step of the sign-in: the server waits for the answer.', '登录中的一步，服务器等待应答。'],
    [
      'A plus sign and a blank: the sign-in goes on, the text behind is base64.',
      '加号和空格表示登录继续，后面的文字是 Base64。',
    ],
  ],
  [
    'stray',
    basics,
    ['A line of the server that nobody asked for.', '服务器发来的一行，没有对应的命令。'],
    [
      'POP3 servers speak only when asked. What this answers is not in the capture, or the program is at fault.',
      'POP3 服务器只在被问到时才回答；对应的命令不在抓包里，或程序有误。',
    ],
  ],
  [
    'ok@greeting',
    [rfc(1939, '4')],
    ['Connection made: the server is ready.', '连接已建立，服务器就绪。'],
    [
      'The server speaks first. A time stamp in angle brackets in this line means that it also knows APOP.',
      '由服务器先开口。如果这一行有尖括号括起的时间戳，说明它还支持 APOP。',
    ],
  ],
  [
    'error@greeting',
    [rfc(1939, '4')],
    ['Connection made, yet the server serves nobody now.', '连接已建立，但服务器现在不提供服务。'],
  ],
  ['ok@USER', [rfc(1939, '7')], ['Go on: the password comes next.', '请继续，接下来是口令。']],
  [
    'error@USER',
    [rfc(1939, '7')],
    ['This user name is refused, or USER is not offered here.', '用户名被拒，或此处不提供 USER。'],
  ],
  [
    'ok@PASS',
    [rfc(1939, '7')],
    ['Signed in; the mailbox is held for this client.', '登录成功，邮箱由该客户端占用。'],
    [
      'Only one client at a time may have the mailbox open; what arrives meanwhile is seen at the next sign-in.',
      '邮箱同时只能由一个客户端打开，期间新到的邮件要下次登录才看得到。',
    ],
  ],
  [
    'error@PASS',
    [rfc(1939, '7')],
    ['Sign-in refused: not the right credential, or the mailbox is held.', '登录失败：凭据不对，或邮箱被占用。'],
    [
      'With many providers the account password never works here: an authorization code must be made in the settings and used instead.',
      '许多服务商不接受账户口令，须在设置里开通服务并使用授权码。',
    ],
  ],
  ['ok@APOP', [rfc(1939, '7')], ['Signed in; the mailbox is held for this client.', '登录成功，邮箱由该客户端占用。']],
  ['error@APOP', [rfc(1939, '7')], ['Sign-in refused: the digest does not fit.', '登录失败：摘要不符。']],
  ['ok@AUTH', [rfc(5034, '4')], ['Signed in; the mailbox is held for this client.', '登录成功，邮箱由该客户端占用。']],
  ['ok@AUTH.list', [rfc(5034, '4')], ['The ways to sign in follow.', '下面列出登录方式。']],
  [
    'error@AUTH',
    [rfc(5034, '4')],
    ['Sign-in refused, or this way of signing in is not offered.', '登录失败，或不提供这种登录方式。'],
  ],
  ['ok@STAT', [rfc(1939, '5')], ['{count} {count|message|messages}, {size} bytes.', '共 {count} 封，{size} 字节。']],
  ['ok@STAT.other', [rfc(1939, '5')], ['Number of messages and their bytes in all.', '邮件总数与总字节数。']],
  ['ok@LIST', [rfc(1939, '5')], ['The size of each message follows.', '下面列出每封邮件的大小。']],
  ['ok@LIST.one', [rfc(1939, '5')], ['The size of this message.', '这封邮件的大小。']],
  ['error@LIST', [rfc(1939, '5')], ['There is no such message.', '没有这封邮件。']],
  ['ok@UIDL', [rfc(1939, '7')], ['The lasting name of each message follows.', '下面列出每封邮件的唯一编号。']],
  ['ok@UIDL.one', [rfc(1939, '7')], ['The lasting name of this message.', '这封邮件的唯一编号。']],
  [
    'error@UIDL',
    [rfc(1939, '7')],
    ['There is no such message, or UIDL is not offered.', '没有这封邮件，或不提供 UIDL。'],
  ],
  [
    'ok@RETR',
    [rfc(1939, '5')],
    ['The message follows; a line with only a dot ends it.', '邮件内容在下面，以单独一行的点结束。'],
  ],
  ['error@RETR', [rfc(1939, '5')], ['There is no such message.', '没有这封邮件。']],
  [
    'ok@TOP',
    [rfc(1939, '7')],
    ['The asked part follows; a line with only a dot ends it.', '所要的部分在下面，以单独一行的点结束。'],
  ],
  ['error@TOP', [rfc(1939, '7')], ['There is no such message.', '没有这封邮件。']],
  ['ok@DELE', [rfc(1939, '5')], ['Marked for deletion.', '已标记为删除。']],
  [
    'error@DELE',
    [rfc(1939, '5')],
    ['There is no such message, or it is marked already.', '没有这封邮件，或已经标记过。'],
  ],
  ['ok@RSET', [rfc(1939, '5')], ['All marks for deletion are taken back.', '已撤销所有删除标记。']],
  ['ok@NOOP', [rfc(1939, '5')], ['The server is there.', '服务器在线。']],
  ['ok@QUIT', [rfc(1939, '6')], ['The server closes.', '服务器关闭连接。']],
  [
    'error@QUIT',
    [rfc(1939, '6')],
    ['Some marked messages could not be deleted; the server closes.', '部分标记的邮件未能删除，服务器关闭连接。'],
  ],
  ['ok@CAPA', [rfc(2449, '5')], ['What the server can do follows.', '下面列出支持的功能。']],
  ['error@CAPA', [rfc(2449, '5')], ['The server does not know CAPA: an old one.', '服务器不认识 CAPA，版本较旧。']],
  [
    'ok@STLS',
    [rfc(2595, '4')],
    ['Agreed. The next bytes are a TLS handshake.', '同意，接下来是 TLS 握手。'],
    [
      'From here on nothing may be said in clear. Bytes that were sent along with STLS must be thrown away.',
      '此后不得再有明文，随 STLS 一起发来的多余字节必须丢弃。',
    ],
  ],
  ['error@STLS', [rfc(2595, '4')], ['No TLS: the connection stays in clear.', '不能启用 TLS，连接仍为明文。']],
  ['ok@UTF8', [rfc(6856, '2.1')], ['UTF-8 is on.', '已启用 UTF-8。']],
  [
    'ok@LANG',
    [rfc(6856)],
    ['Done: answers in this language, or the list follows.', '已按所选语言答复，或列出可用语言。'],
  ],
  ['error@unknown', basics, ['Not understood.', '看不懂。']],
  ['error@malformed', basics, ['Not understood, or the argument is not right.', '看不懂，或参数不对。']],
]

const listings: readonly Row[] = [
  [
    'LIST',
    [rfc(1939, '5')],
    ['{count} {count|message|messages}: number and size in bytes.', '{count} 封邮件：序号与字节数。'],
    [
      'One row a message, as it stands in this session; a line with only a dot ends the list.',
      '每封邮件一行，序号只在本次会话有效，以单独一行的点结束。',
    ],
  ],
  [
    'UIDL',
    [rfc(1939, '7')],
    ['{count} {count|message|messages}: number and lasting name.', '{count} 封邮件：序号与唯一编号。'],
    [
      'A client that leaves mail on the server compares these names with those it knows.',
      '把邮件留在服务器上的客户端，用这些编号与已知的比对。',
    ],
  ],
  [
    'CAPA',
    [rfc(2449, '5')],
    ['{count} {count|capability|capabilities}:', '列出 {count} 项功能：'],
    [
      'One row for each thing the server can do; a line with only a dot ends the list.',
      '每行一项功能，以单独一行的点结束。',
    ],
  ],
  [
    'AUTH',
    [rfc(5034, '4')],
    ['{count} {count|way|ways} to sign in.', '{count} 种登录方式。'],
    ['Each row is a way of signing in that may stand behind AUTH.', '每行一种登录方式，可写在 AUTH 之后。'],
  ],
  [
    'LANG',
    [rfc(6856)],
    ['{count} {count|language|languages}.', '{count} 种语言。'],
    ['Each row names a language in which the texts for people can be given.', '每行一种语言，可用于给人看的文字。'],
  ],
  [
    'other',
    basics,
    ['{count} {count|line|lines} of text.', '{count} 行文字。'],
    ['Lines up to a line with only a dot.', '直到单独一行的点为止。'],
  ],
]

/** Response codes in brackets, RFC 2449 §8; they take the place of the general sentence. */
const responseCodes: readonly Row[] = [
  [
    'IN-USE',
    [rfc(2449, '8.1.2')],
    ['Not now: another session holds this mailbox.', '暂时不行：邮箱正被另一个会话占用。'],
    [
      'POP3 lets one client at a time into a mailbox. Another program, or a session that broke off and has not run out, still holds it.',
      'POP3 同一时间只让一个客户端打开邮箱。可能有别的程序在用，或上次中断的会话尚未超时。',
    ],
  ],
  [
    'LOGIN-DELAY',
    [rfc(2449, '8.1.1')],
    ['Not now: the last sign-in was too short ago.', '暂时不行：距上次登录时间太短。'],
  ],
  ['SYS/TEMP', [rfc(3206)], ['Not now: the server has a passing problem.', '暂时不行：服务器暂时出错。']],
  [
    'SYS/PERM',
    [rfc(3206)],
    ['The server has a lasting problem; someone must look after it.', '服务器出现持续故障，需要管理员处理。'],
  ],
  [
    'AUTH',
    [rfc(3206)],
    ['Sign-in refused: user name or credential is not right.', '登录失败：用户名或凭据不对。'],
    [
      'The server says that the credential is to blame, nothing else. With many providers an authorization code must be used in place of the account password.',
      '服务器明确表示问题出在凭据。许多服务商要求用授权码代替账户口令。',
    ],
  ],
  ['UTF8', [rfc(6856)], ['This needs UTF8 to be switched on first.', '须先启用 UTF8。']],
]

/** CAPA tags; phrases beside a row. */
const capabilities: readonly Row[] = [
  ['TOP', [rfc(2449, '6.1')], ['the header alone can be fetched', '可以只取邮件头']],
  ['USER', [rfc(2449, '6.2')], ['user name and password in two lines are taken', '可用 USER 和 PASS 登录']],
  ['SASL', [rfc(2449, '6.3'), rfc(5034, '3')], ['ways to sign in with AUTH', '可用的 AUTH 登录方式']],
  ['RESP-CODES', [rfc(2449, '6.4')], ['refusals carry a reason in brackets', '拒绝时用方括号给出原因']],
  ['LOGIN-DELAY', [rfc(2449, '6.5')], ['seconds to wait between two sign-ins', '两次登录之间须间隔的秒数']],
  ['PIPELINING', [rfc(2449, '6.6')], ['several commands may be sent at once', '可以连续发送多条命令，不必逐条等待']],
  ['EXPIRE', [rfc(2449, '6.7')], ['days that mail is kept on the server', '邮件在服务器上保留的天数']],
  ['UIDL', [rfc(2449, '6.8')], ['each message has a lasting name', '每封邮件有唯一编号']],
  ['IMPLEMENTATION', [rfc(2449, '6.9')], ['name of the server program', '服务器程序的名字']],
  ['STLS', [rfc(2595, '4')], ['this connection can be switched to TLS', '可以把当前连接升级为 TLS']],
  [
    'AUTH-RESP-CODE',
    [rfc(3206)],
    ['a refused sign-in says whether the credential is to blame', '登录失败时说明是否因凭据不对'],
  ],
  ['APOP', [], ['signing in by digest is offered', '可用 APOP 摘要登录']],
  ['UTF8', [rfc(6856, '2')], ['mail and answers may be in UTF-8', '邮件和答复可用 UTF-8']],
  ['LANG', [rfc(6856)], ['the language of answers can be chosen', '可以选择答复的语言']],
]

function entries(prefix: string, rows: readonly Row[]): readonly Entry[] {
  return rows.map(([key, rules, short, long]) => ({
    id: `${prefix}.${key}`,
    rfc: rules,
    en: long === undefined ? { short: short[0] } : { short: short[0], long: long[0] },
    zh: long === undefined ? { short: short[1] } : { short: short[1], long: long[1] },
  }))
}

export const pop3Replies: readonly Entry[] = [
  ...entries('pop3.reply', replies),
  ...entries('pop3.listing', listings),
  ...entries('pop3.code', responseCodes),
  ...entries('pop3.capability', capabilities),
  {
    id: 'pop3.capability',
    rfc: [rfc(2449, '5')],
    en: {
      short: 'a capability that no rule known here defines',
      long: 'Each row of the answer to CAPA names one thing that the server can do.',
    },
    zh: { short: '没有已知规范定义的功能', long: 'CAPA 的每一行答复说明服务器的一项功能。' },
  },
  {
    id: 'pop3.capability.X',
    rfc: [rfc(2449, '5')],
    en: { short: 'a private capability of this server' },
    zh: { short: '这台服务器自定义的功能' },
  },
]
