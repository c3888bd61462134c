/** Replies 2xx and 3xx, by code and by the verb they answer. RFC 5321 §4.2.3, §4.3.2. */
import { rfc, type Entry } from '../entry.ts'

const codes = [rfc(5321, '4.2.3')]
const sequence = rfc(5321, '4.3.2')

export const smtpPositiveReplies: readonly Entry[] = [
  {
    id: 'smtp.reply.2xx',
    rfc: [rfc(5321, '4.2.1')],
    en: { short: 'Done.', long: 'A code that begins with 2 says that the command was carried out.' },
    zh: { short: '已完成。', long: '以 2 开头的响应码表示命令已执行。' },
  },
  {
    id: 'smtp.reply.3xx',
    rfc: [rfc(5321, '4.2.1')],
    en: {
      short: 'Go on: the server waits for more.',
      long: 'A code that begins with 3 says: so far so good, send the rest.',
    },
    zh: { short: '继续，服务器等待后续内容。', long: '以 3 开头的响应码表示到此为止没有问题，接着发。' },
  },
  {
    id: 'smtp.reply.211',
    rfc: codes,
    en: { short: 'State of the server, or help.' },
    zh: { short: '服务器状态或帮助。' },
  },
  {
    id: 'smtp.reply.214',
    rfc: codes,
    en: { short: 'Help text for people.' },
    zh: { short: '给人看的帮助文字。' },
  },
  {
    id: 'smtp.reply.220',
    rfc: codes,
    en: { short: 'Ready.' },
    zh: { short: '服务就绪。' },
  },
  {
    id: 'smtp.reply.220@greeting',
    rfc: [rfc(5321, '3.1'), ...codes],
    en: {
      short: 'Connection made. 220 = ready, then a welcome text.',
      long: 'The server speaks first. 220 says that it is ready; its name follows, then any text. A client must wait for this line before it says anything.',
    },
    zh: {
      short: '连接已建立。220 表示服务就绪，后面是欢迎语。',
      long: '由服务器先开口。220 表示就绪，后面是服务器的名字和任意文字。客户端必须等到这一行才能说话。',
    },
  },
  {
    id: 'smtp.reply.220@STARTTLS',
    rfc: [rfc(3207, '4')],
    en: {
      short: 'Agreed. The next bytes are a TLS handshake.',
      long: 'From here on nothing may be said in clear. Bytes that were sent along with STARTTLS must be thrown away, else someone between could slip commands in.',
    },
    zh: {
      short: '同意，接下来是 TLS 握手。',
      long: '此后不得再有明文。随 STARTTLS 一起发来的多余字节必须丢弃，否则中间人可以借机塞入命令。',
    },
  },
  {
    id: 'smtp.reply.221',
    rfc: codes,
    en: {
      short: 'The server closes.',
      long: '221 ends the session in good order; the server closes the connection after it.',
    },
    zh: { short: '服务器关闭连接。', long: '221 表示会话正常结束，之后服务器关闭连接。' },
  },
  {
    id: 'smtp.reply.235',
    rfc: [rfc(4954, '6')],
    en: { short: 'Signed in.', long: 'The credential was right. From here on the client may send as this user.' },
    zh: { short: '登录成功。', long: '凭据正确，此后客户端可以以该用户的身份发信。' },
  },
  {
    id: 'smtp.reply.250',
    rfc: codes,
    en: { short: 'Done.' },
    zh: { short: '已完成。' },
  },
  {
    id: 'smtp.reply.250@EHLO',
    rfc: [rfc(5321, '4.1.1.1')],
    en: {
      short: '{count} {count|extension|extensions}:',
      alone: '{count} {count|extension|extensions} offered.',
      long: "The first row is the server's name, each further row is one extension. A client may use only what stands here.",
    },
    zh: {
      short: '列出 {count} 项扩展：',
      alone: '列出 {count} 项扩展。',
      long: '第一行是服务器的名字，其余每行一项扩展。客户端只能使用列出的扩展。',
    },
  },
  {
    id: 'smtp.reply.250@EHLO.starttls',
    rfc: [rfc(5321, '4.1.1.1'), rfc(3207, '4')],
    en: {
      short: '{count} {count|extension|extensions}:',
      alone: '{count} {count|extension|extensions} offered; STARTTLS is among them.',
      long: "The first row is the server's name, each further row is one extension. A client may use only what stands here. STARTTLS is offered, so this connection can be sealed.",
    },
    zh: {
      short: '列出 {count} 项扩展：',
      alone: '列出 {count} 项扩展，其中有 STARTTLS。',
      long: '第一行是服务器的名字，其余每行一项扩展，客户端只能使用列出的扩展。其中有 STARTTLS，可以把连接升级为 TLS。',
    },
  },
  {
    id: 'smtp.reply.250@EHLO.sealed',
    rfc: [rfc(5321, '4.1.1.1'), rfc(3207, '4.2')],
    en: {
      short: '{count} {count|extension|extensions}; AUTH is offered now.',
      alone: '{count} {count|extension|extensions}; AUTH is offered now.',
      long: 'The list given inside TLS. Many servers offer AUTH only here, so that no password crosses in clear.',
    },
    zh: {
      short: '列出 {count} 项扩展，现在提供 AUTH。',
      alone: '列出 {count} 项扩展，现在提供 AUTH。',
      long: 'TLS 建立后给出的列表。许多服务器到这里才提供 AUTH，以免口令以明文传输。',
    },
  },
  {
    id: 'smtp.reply.250@EHLO.none',
    rfc: [rfc(5321, '4.1.1.1')],
    en: { short: 'The server gives its name and offers no extensions.' },
    zh: { short: '服务器报上名字，没有任何扩展。' },
  },
  {
    id: 'smtp.reply.250@HELO',
    rfc: [rfc(5321, '4.1.1.1')],
    en: { short: 'The server gives its name; no extensions after HELO.' },
    zh: { short: '服务器报上名字；HELO 不列出扩展。' },
  },
  {
    id: 'smtp.reply.250@MAIL',
    rfc: [sequence],
    en: { short: 'Sender accepted.', long: 'The server takes the sender for now. It may still refuse the mail later.' },
    zh: { short: '接受发件人。', long: '服务器暂且接受这个发件人，之后仍可能拒绝邮件。' },
  },
  {
    id: 'smtp.reply.250@RCPT',
    rfc: [sequence],
    en: {
      short: 'Recipient accepted.',
      long: 'The server will take the mail for this recipient. It need not mean that the mailbox exists.',
    },
    zh: { short: '接受收件人。', long: '服务器愿意为这位收件人接收邮件，并不保证邮箱一定存在。' },
  },
  {
    id: 'smtp.reply.250@message',
    rfc: [rfc(5321, '6.1'), sequence],
    en: {
      short: 'Accepted: the server is responsible now.',
      long: "With this 250 the server promises to deliver the mail or to send a bounce. Accepted does not mean delivered yet. The text often holds a queue id: the thread to follow in the server's log.",
    },
    zh: {
      short: '已接收，此后由服务器负责投递。',
      long: '这个 250 表示服务器承诺投递，否则退信；已接收还不等于已送达。后面的文字常带有队列编号，可用来在服务器日志中追查。',
    },
  },
  {
    id: 'smtp.reply.250@BDAT',
    rfc: [rfc(3030, '2')],
    en: { short: 'Piece received.' },
    zh: { short: '已收到这一段。' },
  },
  {
    id: 'smtp.reply.250@RSET',
    rfc: [rfc(5321, '4.1.1.5')],
    en: { short: 'Dropped; a new mail may begin.' },
    zh: { short: '已清除，可以开始新邮件。' },
  },
  {
    id: 'smtp.reply.250@NOOP',
    rfc: [rfc(5321, '4.1.1.9')],
    en: { short: 'The server is there.' },
    zh: { short: '服务器在线。' },
  },
  {
    id: 'smtp.reply.250@VRFY',
    rfc: [rfc(5321, '3.5.2')],
    en: { short: 'Such a user exists: the server names the address.' },
    zh: { short: '用户存在，服务器给出了地址。' },
  },
  {
    id: 'smtp.reply.250@EXPN',
    rfc: [rfc(5321, '3.5.4')],
    en: { short: 'The members of the list.' },
    zh: { short: '邮件列表的成员。' },
  },
  {
    id: 'smtp.reply.251',
    rfc: [rfc(5321, '3.4')],
    en: { short: 'Not here, but the server will pass the mail on.' },
    zh: { short: '收件人不在本机，服务器会代为转发。' },
  },
  {
    id: 'smtp.reply.252',
    rfc: [rfc(5321, '3.5.3')],
    en: { short: 'Neither yes nor no: the server does not say who exists, but would try.' },
    zh: { short: '不置可否：不透露用户是否存在，但愿意尝试投递。' },
  },
  {
    id: 'smtp.reply.253',
    rfc: [rfc(1985)],
    en: { short: 'The kept mail for this domain will be sent.' },
    zh: { short: '将开始发送为该域名保管的邮件。' },
  },
  {
    id: 'smtp.reply.334',
    rfc: [rfc(4954, '4')],
    en: { short: 'A step of the sign-in: the server waits for the answer.' },
    zh: { short: '登录中的一步，服务器等待应答。' },
  },
  {
    id: 'smtp.reply.354',
    rfc: [rfc(5321, '4.1.1.4')],
    en: {
      short: 'Go ahead; a line with only a dot ends it.',
      long: 'The server waits for the mail. Only the five bytes CR LF . CR LF end it; a dot at the head of any other line is doubled on the way.',
    },
    zh: {
      short: '可以开始发送，以单独一行的点结束。',
      long: '服务器等待邮件内容。只有 CR LF . CR LF 这五个字节才表示结束；其余行首的点在传输时写成两个。',
    },
  },
]
