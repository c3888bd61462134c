/** EHLO keywords; ids `smtp.keyword.KEYWORD`. They stand beside a row, so they are phrases, not sentences. */
import { rfc, type Entry, type Rule } from '../entry.ts'

/** Each row: keyword, where it is written, English, Chinese, then long texts where there is more to say. */
type Row = readonly [keyword: string, rules: readonly Rule[], en: string, zh: string, long?: readonly [string, string]]

const rows: readonly Row[] = [
  [
    'PIPELINING',
    [rfc(2920)],
    'several commands may be sent at once',
    '可以连续发送多条命令，不必逐条等待',
    [
      'Saves round trips: MAIL, RCPT and DATA go out together, the answers come back in order.',
      '节省往返时间：MAIL、RCPT、DATA 可以一起发出，答复按次序返回。',
    ],
  ],
  [
    'SIZE',
    [rfc(1870)],
    'messages up to {size}',
    '邮件最大 {size}',
    [
      'The largest mail the server takes. A client may declare the size with MAIL and is refused before it sends a byte.',
      '服务器接收的最大邮件。客户端可在 MAIL 中声明大小，超限时不必发送就会被拒。',
    ],
  ],
  [
    'SIZE.unlimited',
    [rfc(1870)],
    'a size may be declared; no fixed limit is stated',
    '可以声明邮件大小，未给出固定上限',
  ],
  [
    'STARTTLS',
    [rfc(3207, '4')],
    'this connection can be switched to TLS',
    '可以把当前连接升级为 TLS',
    [
      'The row itself is not protected: someone between could remove it. A careful client insists on TLS.',
      '这一行本身没有保护，中间人可以把它删掉；谨慎的客户端会坚持使用 TLS。',
    ],
  ],
  [
    'AUTH',
    [rfc(4954, '3')],
    'ways to sign in',
    '可用的登录方式',
    [
      'Each word behind it is one way of signing in. LOGIN and PLAIN show the password to whoever can read the connection.',
      '后面的每个词是一种登录方式。LOGIN 和 PLAIN 会把口令交给任何能读到连接内容的人。',
    ],
  ],
  ['AUTH.none', [rfc(4954, '3')], 'signing in is known, no way is offered now', '支持登录，但目前没有可用的方式'],
  [
    'AUTH=',
    [],
    'the same in an old spelling, for old clients',
    '同上，旧式写法，供老客户端使用',
    [
      'A draft from before the standard wrote an equals sign. Some old programs look only for this row.',
      '标准形成之前的草案用等号书写，一些老程序只认这一行。',
    ],
  ],
  [
    'MAILCOMPRESS',
    [],
    'seen at one provider; no public description found',
    '仅见于个别服务商，没有公开说明',
    [
      'Its name suggests compression. What a client would have to do is not described anywhere in public, so clients ignore it.',
      '从名字看与压缩有关，但没有公开文档说明用法，客户端会忽略它。',
    ],
  ],
  [
    '8BITMIME',
    [rfc(6152)],
    '8-bit text may be sent as it is',
    '可以直接发送 8 位文本',
    [
      'Without it text beyond ASCII must be written in base64 or quoted-printable first.',
      '没有它，ASCII 以外的文字须先写成 Base64 或 quoted-printable。',
    ],
  ],
  ['BINARYMIME', [rfc(3030)], 'any bytes may be sent as they are, with BDAT', '可以用 BDAT 直接发送任意字节'],
  [
    'CHUNKING',
    [rfc(3030)],
    'the message may be sent in pieces of stated length (BDAT)',
    '可以分段发送邮件，每段先给出长度（BDAT）',
    [
      'Each piece is announced with its length, so the server need not look for a dot line.',
      '每段先给出长度，服务器不必寻找结尾的点。',
    ],
  ],
  [
    'DSN',
    [rfc(3461)],
    'delivery reports can be asked for',
    '可以请求投递回执',
    [
      'The client may ask to be told of success, failure or delay, for each recipient.',
      '客户端可为每位收件人要求在成功、失败或延迟时通知。',
    ],
  ],
  [
    'ENHANCEDSTATUSCODES',
    [rfc(2034)],
    'replies carry a second, finer code such as 5.1.1',
    '答复带有更细的状态码，如 5.1.1',
    [
      'Three numbers with dots at the head of the text: class, subject and detail. They tell programs the reason.',
      '文字开头带点的三个数字：类别、方面和细节，让程序知道原因。',
    ],
  ],
  [
    'SMTPUTF8',
    [rfc(6531)],
    'addresses and header may hold any script, such as Chinese',
    '地址和邮件头可用任何文字，如中文',
    ['Without it an address such as one in Chinese cannot be sent to.', '没有它就无法向中文等地址发信。'],
  ],
  ['ETRN', [rfc(1985)], 'kept mail for a domain can be asked for', '可以请求发送代管的邮件'],
  ['ATRN', [rfc(2645)], 'kept mail can be fetched by turning round', '可以交换角色取走代管的邮件'],
  ['TURN', [rfc(5321, 'F.1')], 'roles could be swapped; given up long ago', '可以交换双方角色，早已废弃'],
  ['VRFY', [rfc(5321, '3.5')], 'asking after a user is understood', '支持查询用户'],
  ['EXPN', [rfc(5321, '3.5')], 'asking for the members of a list is understood', '支持查询列表成员'],
  ['HELP', [rfc(5321, '4.1.1.8')], 'there is help text', '提供帮助文字'],
  ['DELIVERBY', [rfc(2852)], 'a time limit for delivery can be set', '可以设定送达时限'],
  ['MTRK', [rfc(3885)], 'the way of a mail can be asked for later', '以后可以查询邮件去向'],
  ['NO-SOLICITING', [rfc(3865)], 'advertising of these kinds is not wanted', '不接受这些类别的广告'],
  ['SUBMITTER', [rfc(4405)], 'who sends it now may be named; an experiment', '可以指明实际发送者，实验性扩展'],
  ['BURL', [rfc(4468)], 'parts of a mail can be fetched from an IMAP server', '可以从 IMAP 服务器取邮件的部分内容'],
  ['FUTURERELEASE', [rfc(4865)], 'mail can be kept and sent at a later time', '可以定时发送'],
  ['CONPERM', [rfc(4141)], 'content may be converted on the way, if allowed', '经允许可在途中转换内容'],
  ['CONNEG', [rfc(4141)], 'what the receiving side can show is stated', '可告知收件方能显示的格式'],
  ['MT-PRIORITY', [rfc(6710)], 'mail can be marked as more or less urgent', '可以标明邮件的紧急程度'],
  ['RRVS', [rfc(7293)], 'delivery can depend on the mailbox not having changed hands', '可以要求邮箱未换主人才投递'],
  ['REQUIRETLS', [rfc(8689)], 'TLS can be demanded all the way', '可以要求全程使用 TLS'],
  ['LIMITS', [rfc(9422)], 'how many mails and recipients one session may have', '每个会话可发的邮件数与收件人数'],
  ['CHECKPOINT', [rfc(1845)], 'a broken transfer can be taken up again', '断线后可以续传'],
  ['XCLIENT', [], 'from Postfix: a trusted proxy may say for whom it speaks', 'Postfix 的扩展：代理可说明真正的客户端'],
  ['XFORWARD', [], 'from Postfix: a filter may pass on where mail came from', 'Postfix 的扩展：过滤器可转告邮件来源'],
  ['X-ANONYMOUSTLS', [], 'from Exchange: TLS between its own servers', 'Exchange 的扩展：自家服务器之间的 TLS'],
  ['X-EXPS', [], 'from Exchange: sign-in between its own servers', 'Exchange 的扩展：自家服务器之间的登录'],
  ['X-LINK2STATE', [], 'from Exchange: state of links between its servers', 'Exchange 的扩展：服务器之间的链路状态'],
  ['X-RCPTLIMIT', [], 'most recipients that one mail may have', '每封邮件的收件人上限'],
  [
    'XEXCH50',
    [],
    'from Exchange: properties of a mail, between its servers',
    'Exchange 的扩展：服务器之间传递邮件属性',
  ],
  ['XRDST', [], 'from Exchange: where a mail shall go next', 'Exchange 的扩展：邮件的下一站'],
  ['XREXPS', [], 'from Exchange: sign-in between its own servers', 'Exchange 的扩展：自家服务器之间的登录'],
  ['LOGIN', [], 'a way to sign in, listed in the wrong place', '一种登录方式，写错了位置'],
]

export const smtpKeywords: readonly Entry[] = [
  ...rows.map(([keyword, rules, en, zh, long]) => ({
    id: `smtp.keyword.${keyword}`,
    rfc: rules,
    en: long === undefined ? { short: en } : { short: en, long: long[0] },
    zh: long === undefined ? { short: zh } : { short: zh, long: long[1] },
  })),
  {
    id: 'smtp.keyword',
    rfc: [rfc(5321, '4.1.1.1')],
    en: {
      short: 'an extension that no rule known here defines',
      long: 'Each row of the answer to EHLO names one extension of this server; a client may use only those.',
    },
    zh: { short: '没有已知规范定义的扩展', long: 'EHLO 的每一行答复说明服务器的一项扩展，客户端只能使用列出的扩展。' },
  },
  {
    id: 'smtp.keyword.X',
    rfc: [rfc(5321, '4.1.1.1')],
    en: {
      short: 'a private extension of this server',
      long: 'Names that begin with X are agreed between two programs and stand in no standard.',
    },
    zh: { short: '这台服务器自定义的扩展', long: '以 X 开头的名字由双方程序自行约定，不在标准之内。' },
  },
]
