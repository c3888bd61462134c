/** What SMTP commands mean. RFC 5321 §4.1.1, RFC 3207, RFC 3030; AUTH stands with its mechanisms in `sasl.ts`. */
import { rfc, type Entry } from '../entry.ts'

export const smtpCommands: readonly Entry[] = [
  {
    id: 'smtp.command.EHLO',
    rfc: [rfc(5321, '4.1.1.1')],
    en: {
      short: 'The client names itself and asks for extensions.',
      long: 'EHLO opens the session. What follows is the name the client gives itself; nothing proves it. The server answers with its own name and one row for each extension it offers.',
    },
    zh: {
      short: '客户端报上名字，询问支持哪些扩展。',
      long: 'EHLO 开始会话，后面是客户端自报的名字，没有任何证明。服务器回复自己的名字，再逐行列出支持的扩展。',
    },
  },
  {
    id: 'smtp.command.EHLO.again',
    rfc: [rfc(3207, '4.2'), rfc(5321, '4.1.4')],
    en: {
      short: 'Names itself again and asks for the extensions once more.',
      long: 'A second EHLO starts afresh: a transaction that was open is dropped, and the new list of extensions holds from here on.',
    },
    zh: {
      short: '再次报上名字，重新询问扩展。',
      long: '再发一次 EHLO 等于重新开始：未完成的邮件事务作废，此后以新的扩展列表为准。',
    },
  },
  {
    id: 'smtp.command.EHLO.sealed',
    rfc: [rfc(3207, '4.2')],
    en: {
      short: 'Names itself again: the first list could have been forged.',
      long: 'What was said before TLS could have been changed on the way. Both sides forget it, and the client asks again where nobody can interfere.',
    },
    zh: {
      short: '再次报上名字：先前的列表可能被篡改过。',
      long: 'TLS 建立之前的内容可能在途中被改动，双方都应忘掉，由客户端在加密通道里重新询问。',
    },
  },
  {
    id: 'smtp.command.HELO',
    rfc: [rfc(5321, '4.1.1.1')],
    en: {
      short: 'The client names itself, in the old way without extensions.',
      long: 'HELO is the greeting of 1982. It asks for no extensions, so sign-in, TLS and sizes are not announced; servers keep answering it for old programs.',
    },
    zh: {
      short: '客户端报上名字，用的是不带扩展的旧式问候。',
      long: 'HELO 是 1982 年的问候方式，不询问扩展，因此登录、TLS、大小限制都不会被列出；服务器为照顾旧程序仍会应答。',
    },
  },
  {
    id: 'smtp.command.LHLO',
    rfc: [rfc(2033, '4.1')],
    en: {
      short: 'The client names itself; this is LMTP, the handing over to a mailbox.',
      long: 'LHLO replaces EHLO in LMTP, which moves mail from a server into mailboxes next door. After the mail there is one answer for each recipient.',
    },
    zh: {
      short: '客户端报上名字；这是 LMTP，用于投递到邮箱。',
      long: 'LMTP 用 LHLO 代替 EHLO，负责把邮件从服务器交给旁边的邮箱。邮件发完后，每位收件人各得到一个答复。',
    },
  },
  {
    id: 'smtp.command.MAIL',
    rfc: [rfc(5321, '4.1.1.2')],
    en: {
      short: 'Envelope sender.',
      long: 'MAIL FROM begins a new mail and names the address that bounces go to. It belongs to the envelope, which only servers see; the From field that people read stands in the mail itself and may differ.',
    },
    zh: {
      short: '信封发件人。',
      long: 'MAIL FROM 开始一封新邮件，给出退信要寄往的地址。它属于信封，只有服务器看得到；人们读到的 From 在邮件头里，两者可以不同。',
    },
  },
  {
    id: 'smtp.command.MAIL.null',
    rfc: [rfc(5321, '4.5.5')],
    en: {
      short: 'Empty envelope sender: a bounce or report that must not be answered.',
      long: 'Bounces and reports are sent from <>, so that a bounce can never cause another one.',
    },
    zh: {
      short: '信封发件人为空：退信或回执，不得再退。',
      long: '退信和回执以 <> 作为发件人，这样退信就不会再引出退信。',
    },
  },
  {
    id: 'smtp.command.RCPT',
    rfc: [rfc(5321, '4.1.1.3')],
    en: {
      short: 'Envelope recipient.',
      long: 'RCPT TO names one recipient; there is one for each. The server answers each by itself, so some may be taken and others refused. Who is named here gets the mail, whatever To and Cc in it say: that is how Bcc works.',
    },
    zh: {
      short: '信封收件人。',
      long: 'RCPT TO 每次给出一位收件人，有几位就发几次，服务器逐一答复，可以有的接受、有的拒绝。邮件只按这里的地址投递，不看邮件头里的 To 和 Cc，密送正是这样实现的。',
    },
  },
  {
    id: 'smtp.command.DATA',
    rfc: [rfc(5321, '4.1.1.4')],
    en: {
      short: 'The message comes next.',
      long: 'DATA ends the envelope and asks to send the mail itself: header, an empty line, body.',
    },
    zh: {
      short: '接下来发送邮件内容。',
      long: 'DATA 表示信封已经写完，请求发送邮件本身：邮件头、一个空行、正文。',
    },
  },
  {
    id: 'smtp.command.message',
    rfc: [rfc(5321, '4.5.2'), rfc(5322, '2.1')],
    en: {
      short: 'The message itself.',
      long: 'Header, an empty line, body, and a line with only a dot at the end. A line of the mail that begins with a dot is sent with one more, which the server takes away.',
    },
    zh: {
      short: '邮件本身。',
      long: '邮件头、一个空行、正文，最后以单独一行的点结束。邮件里以点开头的行会多发一个点，由服务器去掉。',
    },
  },
  {
    id: 'smtp.command.BDAT',
    rfc: [rfc(3030, '2')],
    en: {
      short: 'A piece of the message, {size} bytes; more pieces follow.',
      long: 'BDAT tells the length beforehand, so the bytes follow at once: no go-ahead, no dot at the end, no doubled dots.',
    },
    zh: {
      short: '邮件的一段，{size} 字节，后面还有。',
      long: 'BDAT 事先给出长度，数据紧跟其后：不必等待许可，不用点结束，也不用重复行首的点。',
    },
  },
  {
    id: 'smtp.command.BDAT.last',
    rfc: [rfc(3030, '2')],
    en: {
      short: 'The last piece of the message, {size} bytes.',
      long: 'BDAT tells the length beforehand; LAST says that the mail is whole with this piece. The answer to it decides about the mail.',
    },
    zh: {
      short: '邮件的最后一段，{size} 字节。',
      long: 'BDAT 事先给出长度；LAST 表示发完这一段邮件就完整了，服务器的答复决定整封邮件的去留。',
    },
  },
  {
    id: 'smtp.command.RSET',
    rfc: [rfc(5321, '4.1.1.5')],
    en: {
      short: 'Drops the mail that was begun; the session goes on.',
      long: 'RSET forgets sender, recipients and data. The greeting, TLS and the sign-in stay.',
    },
    zh: {
      short: '放弃当前这封邮件，会话继续。',
      long: 'RSET 清除发件人、收件人和已发送的内容；问候、TLS 和登录状态保留。',
    },
  },
  {
    id: 'smtp.command.NOOP',
    rfc: [rfc(5321, '4.1.1.9')],
    en: {
      short: 'Does nothing: asks only whether the server is there.',
      long: 'NOOP changes nothing. Clients use it to keep a connection open or to test it.',
    },
    zh: {
      short: '空操作，只看服务器是否还在。',
      long: 'NOOP 不改变任何状态，客户端用它保持或检查连接。',
    },
  },
  {
    id: 'smtp.command.QUIT',
    rfc: [rfc(5321, '4.1.1.10')],
    en: {
      short: 'The client is done.',
      long: 'QUIT ends the session in good order: the server answers 221 and closes. A mail that was already accepted is not touched by it.',
    },
    zh: {
      short: '客户端结束会话。',
      long: 'QUIT 正常结束会话：服务器回复 221 后关闭连接。已经接收的邮件不受影响。',
    },
  },
  {
    id: 'smtp.command.STARTTLS',
    rfc: [rfc(3207, '4')],
    en: {
      short: 'Asks to switch this connection to TLS.',
      long: 'After the 220 the two sides shake hands and everything that follows is sealed. What was said before is forgotten, since anyone between could have changed it.',
    },
    zh: {
      short: '请求把当前连接升级为 TLS。',
      long: '收到 220 后双方开始握手，此后的内容全部加密传输。之前说过的一切作废，因为途中可能有人改动过。',
    },
  },
  {
    id: 'smtp.command.VRFY',
    rfc: [rfc(5321, '4.1.1.6'), rfc(5321, '7.3')],
    en: {
      short: 'Asks whether a user or mailbox exists.',
      long: 'VRFY was made for people looking up an address. It also lets strangers collect addresses, so most servers answer 252: perhaps.',
    },
    zh: {
      short: '查询某个用户或邮箱是否存在。',
      long: 'VRFY 原本用于查证地址，但也能被用来搜集地址，所以多数服务器只回 252，不置可否。',
    },
  },
  {
    id: 'smtp.command.EXPN',
    rfc: [rfc(5321, '4.1.1.7'), rfc(5321, '7.3')],
    en: {
      short: 'Asks who is on a mailing list.',
      long: 'EXPN lists the members of a list. It gives addresses away, so most servers refuse it.',
    },
    zh: {
      short: '查询邮件列表的成员。',
      long: 'EXPN 会列出邮件列表的成员，等于泄露地址，多数服务器会拒绝。',
    },
  },
  {
    id: 'smtp.command.HELP',
    rfc: [rfc(5321, '4.1.1.8')],
    en: {
      short: 'Asks for help; the answer is text for people.',
      long: 'HELP is meant for people at a terminal. Programs do not read the answer.',
    },
    zh: {
      short: '请求帮助，答复是给人看的文字。',
      long: 'HELP 供人在终端里使用，程序不读它的答复。',
    },
  },
  {
    id: 'smtp.command.unknown',
    rfc: [rfc(5321, '4.1.1')],
    en: {
      short: 'Not a command of SMTP known here: {word}.',
      long: 'A line where a command is expected, beginning with a word that no rule known here defines. Servers answer 500.',
    },
    zh: {
      short: '不认识的命令：{word}。',
      long: '这里应当是一条命令，但开头的词没有已知的规范定义。服务器一般回 500。',
    },
  },
  {
    id: 'smtp.command.empty',
    rfc: [rfc(5321, '4.1.1')],
    en: {
      short: 'An empty line: no command.',
      long: 'Somebody pressed Enter, or a program sent one line end too many. Servers answer 500.',
    },
    zh: { short: '空行，不是命令。', long: '可能有人多按了回车，或程序多发了一个换行，服务器会回 500。' },
  },
  {
    id: 'smtp.command.unknown.X',
    rfc: [rfc(5321, '4.1.5')],
    en: {
      short: 'A private command of some program: {word}.',
      long: 'Names that begin with X are agreed between two programs and stand in no standard.',
    },
    zh: {
      short: '某个程序自定义的命令：{word}。',
      long: '以 X 开头的名字由双方程序自行约定，不在标准之内。',
    },
  },
  {
    id: 'smtp.command.malformed',
    rfc: [rfc(5321, '4.1.2')],
    en: {
      short: 'A {word} command whose argument cannot be read.',
      long: 'The verb is known, what follows does not fit its grammar. Servers answer 501.',
    },
    zh: {
      short: '{word} 命令，但参数不合语法。',
      long: '命令本身认识，后面的参数不合语法。服务器一般回 501。',
    },
  },
]
