/** Findings about the habits of SMTP and POP3, and about mails. */
import { rfc } from '../entry.ts'
import type { FindingRow } from './finding-row.ts'

export const smtpFindings: readonly FindingRow[] = [
  {
    id: 'helo',
    rfc: [rfc(5321, '3.2')],
    title: ['The client greeted in the old way (HELO)', '客户端使用旧式问候（HELO）'],
    why: [
      'HELO asks for no extensions: neither TLS nor sign-in nor a size limit can be learnt.',
      'HELO 不询问扩展，也就无从得知 TLS、登录和大小限制。',
    ],
    todo: ['let the client say EHLO.', '让客户端改用 EHLO。'],
  },
  {
    id: 'pipelining-not-offered',
    rfc: [rfc(2920, '3.1')],
    title: [
      'Commands were sent at once though PIPELINING was not offered',
      '服务器没有提供 PIPELINING，客户端却连发命令',
    ],
    why: [
      'A server may lose what comes before it has answered, and some take it for a sign of spam.',
      '服务器可能丢掉答复之前到来的命令，有的还视为垃圾邮件的迹象。',
    ],
    note: ['Sent before the answer to the line above.', '没有等上一条的答复就发出。'],
  },
  {
    id: 'vrfy-tells',
    rfc: [rfc(5321, '7.3')],
    title: ['The server tells strangers which users exist', '服务器向外人透露用户是否存在'],
    why: ['Spammers collect addresses by asking for names.', '发垃圾邮件的人会借此搜集地址。'],
    todo: ['on the server: answer VRFY with 252.', '服务器应对 VRFY 一律回 252。'],
  },
  {
    id: 'expn-tells',
    rfc: [rfc(5321, '7.3')],
    title: ['The server shows the members of a list to strangers', '服务器向外人公开列表成员'],
    why: ['The addresses on the list are given away.', '列表里的地址因此泄露。'],
    todo: ['on the server: switch EXPN off.', '服务器应关闭 EXPN。'],
  },
  {
    id: 'relay-without-auth',
    rfc: [rfc(5321, '7.9'), rfc(6409, '4.3')],
    title: ['Mail for another domain was taken without sign-in', '未登录就接收了发往其他域名的邮件'],
    why: [
      'If this server passes mail on for anyone, spammers will find it and its address will be blocked. It may also just serve that domain.',
      '如果它替任何人转发，就会被滥用并上黑名单；也可能它本来就负责该域名。',
    ],
    todo: ['on the server: relay only for users who have signed in.', '服务器应只为已登录的用户中继。'],
    note: [
      "Taken without sign-in, for a domain that does not look like the server's.",
      '未登录即接受，收件域名不像是本服务器的。',
    ],
  },
  {
    id: 'size-exceeded',
    rfc: [rfc(1870)],
    title: ['The mail is larger than the server said it takes', '邮件超过服务器公布的大小'],
    why: ['The server stated {limit}, the mail has {size}.', '服务器公布的上限是 {limit}，邮件为 {size}。'],
    todo: ['send a link in place of the file, or split it.', '改发链接，或分成几封。'],
  },
  {
    id: 'duplicate-recipients',
    rfc: [rfc(5321, '3.3')],
    title: ['A recipient was named twice', '有收件人重复'],
    why: ['Most servers deliver once, some twice.', '多数服务器只投递一份，有的会投递两份。'],
  },
  {
    id: 'dropped-in-data',
    rfc: [rfc(5321, '4.1.1.4')],
    title: ['The connection ended in the middle of the mail', '邮件发到一半连接就断了'],
    why: ['Without the closing dot the server must forget the mail.', '没有收到结尾的点，服务器必须丢弃这封邮件。'],
    todo: [
      'send it again; look at limits of size and time if it happens again.',
      '重发；若再次发生，检查大小和时间限制。',
    ],
  },
  {
    id: 'no-answer-after-mail',
    rfc: [rfc(5321, '4.5.3.2.6'), rfc(1047)],
    title: ['The mail was sent whole, its answer never came', '邮件已发完，却没有等到答复'],
    why: [
      'The server may have taken it. The sender does not know, sends again, and the recipient may get it twice.',
      '服务器可能已经接收，发送方却不知道，重发后收件人可能收到两份。',
    ],
    todo: ['give the server up to ten minutes to answer the end of a mail.', '等待结尾答复的时限应放宽到十分钟。'],
  },
  {
    id: 'no-quit',
    rfc: [rfc(5321, '4.1.1.10')],
    title: ['The client left without QUIT', '客户端没有发 QUIT 就离开'],
    why: [
      'Nothing is lost by it once the mail was accepted; well-behaved clients say goodbye.',
      '邮件若已被接收就不受影响，但规范的客户端会先告别。',
    ],
  },
  {
    id: 'greylisting',
    rfc: [rfc(6647, '2')],
    title: ['The server probably asks for a second try (greylisting)', '可能是灰名单：服务器要求稍后再来'],
    why: [
      'Unknown senders are turned away once; real servers come back after some minutes, most spam programs do not. A mail client as a rule does not try again by itself.',
      '服务器先拒绝陌生来源一次：真正的服务器几分钟后会重试，多数垃圾邮件程序不会。邮件客户端通常不会自动重试。',
    ],
    todo: ['wait some minutes, then send again.', '等几分钟再发。'],
    note: [
      'Probably greylisting: a second try some minutes later should pass.',
      '可能是灰名单，几分钟后重试应能通过。',
    ],
  },
  {
    id: 'eight-bit-not-offered',
    rfc: [rfc(6152), rfc(5321, '2.3.1')],
    title: [
      'The mail holds 8-bit bytes, which the server did not offer to take',
      '邮件含 8 位字节，服务器并未声明支持',
    ],
    why: ['The text may be garbled on the way.', '文字在途中可能变成乱码。'],
    todo: [
      'let the client write base64 or quoted-printable where 8BITMIME is not offered.',
      '服务器没有 8BITMIME 时，客户端应改用 Base64 或 quoted-printable。',
    ],
  },
  {
    id: 'http-client',
    rfc: [],
    title: ['A web client talks to a mail server', '网页客户端连到了邮件服务器'],
    why: [
      'A browser or a scanner came to the wrong port, or a page made a browser do so to smuggle commands in.',
      '浏览器或扫描器连错了端口，也可能是网页诱使浏览器借此夹带命令。',
    ],
  },
]

export const mailFindings: readonly FindingRow[] = [
  {
    id: 'envelope-differs',
    rfc: [rfc(5321, '3.3'), rfc(5322, '3.6.2')],
    title: ['The sender on the envelope is not the one in the mail', '信封发件人与邮件里的发件人不同'],
    why: [
      'Usual for lists and services that send for others; also how a sender is forged. DMARC checks whether the two belong together.',
      '邮件列表和代发服务常这样，伪造发件人也是这样；DMARC 检查的正是两者是否相符。',
    ],
  },
  {
    id: 'empty-from',
    rfc: [rfc(5322, '3.6.2')],
    title: ['The From field names nobody', 'From 字段没有写地址'],
    why: [
      'Readers see an empty sender, and many servers refuse such mail.',
      '读信的人看不到发件人，许多服务器也会拒收。',
    ],
    todo: ['let the sending program write an address into From.', '让发送程序在 From 里写上地址。'],
  },
]

export const pop3Findings: readonly FindingRow[] = [
  {
    id: 'dele-without-quit',
    rfc: [rfc(1939, '6')],
    title: ['Messages were marked for deletion, and QUIT never came', '标记了删除，却没有 QUIT'],
    why: [
      'Deletions become real only with QUIT. Nothing was deleted, so the same mail will be fetched again.',
      '删除在 QUIT 时才生效，这次什么也没有删除，下次还会取到同样的邮件。',
    ],
    todo: [
      'let the client say QUIT; if it did and the connection broke, try again.',
      '让客户端发送 QUIT；如果是连接中断，就再试一次。',
    ],
  },
  {
    id: 'pop3-no-quit',
    rfc: [rfc(1939, '6')],
    title: ['The client left without QUIT', '客户端没有发 QUIT 就离开'],
    why: [
      'The mailbox stays held until the server notices. The next sign-in may hear that it is in use.',
      '在服务器察觉之前邮箱仍被占用，下次登录可能提示正在使用。',
    ],
  },
]
