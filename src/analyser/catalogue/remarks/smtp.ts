/** What the remarks of `wire/smtp` and `wire/address` mean. */
import type { RemarkRow } from './remark-row.ts'

export const smtpRemarks: readonly RemarkRow[] = [
  {
    rule: 'bare-lf',
    severity: 'caution',
    note: [
      'A line ends with LF alone; in mail only CR LF ends a line.',
      '有一行只以 LF 结尾，邮件里只有 CR LF 才算换行。',
    ],
    title: ['Lines end with LF alone', '有的行只以 LF 结尾'],
    why: [
      'Some servers take LF alone for a line end and some do not. That difference lets a forged mail be slipped in (SMTP smuggling), so careful servers refuse such mail.',
      '有的服务器把单独的 LF 当作换行，有的不当，这种差异可被用来夹带伪造邮件（SMTP 走私），谨慎的服务器会拒收。',
    ],
    todo: ['let the sending program end every line with CR LF.', '让发送程序每行都以 CR LF 结尾。'],
  },
  {
    rule: 'bare-cr',
    severity: 'caution',
    note: ['A CR stands alone; in mail it comes only before LF.', '有单独的 CR，邮件里 CR 只能出现在 LF 之前。'],
    title: ['A CR stands alone', '有单独的 CR'],
    why: [
      'Servers differ in whether this ends a line. Careful ones refuse it.',
      '各服务器对它是否算换行看法不一，谨慎的服务器会拒收。',
    ],
    todo: ['let the sending program end every line with CR LF.', '让发送程序每行都以 CR LF 结尾。'],
  },
  {
    rule: 'end-of-data-bare-lf',
    severity: 'danger',
    note: [
      'A dot line without CR LF: some servers end the mail here, some do not.',
      '点行没有用 CR LF：有的服务器认为邮件到此结束，有的不认为。',
    ],
    title: ['The mail may end at two places (SMTP smuggling)', '邮件可能在两处结束（SMTP 走私）'],
    why: [
      'A server that ends the mail at the first place reads what follows as commands: a second, forged mail comes out of one.',
      '在前一处结束的服务器会把后面的内容当作命令，一封邮件里就多出一封伪造的邮件。',
    ],
    todo: [
      'look at who sent this; let the server end mail only at CR LF . CR LF.',
      '查明发送者；让服务器只认 CR LF . CR LF 为结尾。',
    ],
  },
  {
    rule: 'nul',
    severity: 'caution',
    note: ['A zero byte (NUL) stands here; mail must not hold one.', '这里有零字节（NUL），邮件里不允许出现。'],
    title: ['Zero bytes in the mail', '邮件里有零字节'],
    why: [
      'Programs written in C end a text at a zero byte; the rest may vanish or be read in another way.',
      '许多程序遇到零字节就认为文字结束，后面的内容可能丢失或被另作解读。',
    ],
  },
  {
    rule: 'line-too-long',
    severity: 'note',
    note: ['The line is longer than the rules allow.', '这一行超过了规定的长度。'],
    title: ['A line is longer than allowed', '有一行超过规定长度'],
    why: [
      '998 bytes are allowed in a mail, 510 in a command. Servers may cut such a line, break it or refuse the mail.',
      '邮件每行最多 998 字节，命令最多 510 字节；超长的行可能被截断、拆开或拒收。',
    ],
  },
  {
    rule: 'reply-line-too-long',
    severity: 'note',
    note: ['The reply is longer than the 512 bytes allowed.', '答复超过规定的 512 字节。'],
  },
  {
    rule: 'extra-space',
    severity: 'note',
    note: ['More blanks than the grammar has; common, accepted.', '多了空格，不合语法，但常见，多数服务器接受。'],
    title: ['More blanks in a command than the grammar has', '命令里多了空格'],
    why: [
      'Some clients write it so; most servers accept it. Nothing to do.',
      '有些客户端这样写，多数服务器接受，不必处理。',
    ],
  },
  {
    rule: 'space-before-path',
    severity: 'note',
    note: [
      'The space after ":" is not in the grammar; common, accepted.',
      '冒号后多了空格，不合语法，但常见，多数服务器接受。',
    ],
    title: ['A space stands after "{verb}:"', '{verb}: 后面多了一个空格'],
    why: [
      'RFC 5321 has none there; most servers accept it. Nothing to do.',
      'RFC 5321 的语法里没有这个空格，多数服务器接受，不必处理。',
    ],
  },
  {
    rule: 'no-angle-brackets',
    severity: 'note',
    note: [
      'The address stands without < and >; many servers accept it, some do not.',
      '地址没有用尖括号括起，多数服务器接受，也有的不接受。',
    ],
    title: ['An address without < and >', '地址没有用尖括号括起'],
    why: ['The grammar demands the brackets. A strict server answers 501.', '语法要求尖括号，严格的服务器会回 501。'],
    todo: ['write MAIL FROM:<user@example.test>.', '写成 MAIL FROM:<user@example.test>。'],
  },
  {
    rule: 'helo-not-a-domain',
    severity: 'note',
    note: [
      'The name is no full host name; personal computers often send one.',
      '这个名字不是完整的主机名，个人电脑常这样。',
    ],
  },
  {
    rule: 'not-utf8',
    severity: 'note',
    note: ['Bytes beyond ASCII that are not UTF-8.', '含有非 ASCII 字节，且不是 UTF-8。'],
    title: ['Bytes that are no text', '含有无法识别的字节'],
    why: [
      'Only ASCII is allowed here, or UTF-8 where SMTPUTF8 was agreed on.',
      '此处只允许 ASCII；约定了 SMTPUTF8 时可用 UTF-8。',
    ],
  },
  {
    rule: 'inline-user-name',
    severity: 'note',
    note: [
      'The user name stands in the AUTH LOGIN line; some devices do so.',
      '用户名直接写在 AUTH LOGIN 一行，有些设备这样做。',
    ],
  },
  {
    rule: 'reply-codes-differ',
    severity: 'note',
    note: [
      'The rows of this reply carry different codes; the last one counts.',
      '同一答复各行的响应码不同，以最后一行为准。',
    ],
  },
  {
    rule: 'reply-no-separator',
    severity: 'note',
    note: ['No blank stands behind the code or status.', '响应码或状态后面没有空格。'],
  },
  {
    rule: 'reply-line-without-code',
    severity: 'note',
    note: ['A row inside the reply has no code.', '答复中有一行没有响应码。'],
  },
  {
    rule: 'reply-too-many-lines',
    severity: 'note',
    note: ['The reply has more rows than are read; the rest is left out.', '答复的行数过多，其余不再解读。'],
  },
  {
    rule: 'cut-by-hole',
    severity: 'note',
    note: ['The end of this line is not in the capture.', '这一行的结尾不在抓包里。'],
  },
  {
    rule: 'before-greeting',
    severity: 'caution',
    note: ['Said before the server greeted; a client must wait.', '服务器尚未问候就抢先发言，客户端应当等待。'],
    title: ['The client spoke before the greeting', '客户端抢在欢迎语之前发言'],
    why: [
      'Programs that send spam do so, since they do not listen. Servers use it to tell them apart and turn such clients away.',
      '发垃圾邮件的程序常这样，因为它们不听服务器的答复；服务器会据此识别并拒绝。',
    ],
    todo: ['let the client wait for the greeting.', '让客户端等到欢迎语再发言。'],
  },
  {
    rule: 'no-helo',
    severity: 'note',
    note: ['No greeting (EHLO or HELO) came before.', '此前没有问候（EHLO 或 HELO）。'],
    title: ['A command without a greeting before it', '没有问候就发命令'],
    why: [
      'A session begins with EHLO; many servers answer 503 until it came.',
      '会话应以 EHLO 开始，没有它许多服务器会回 503。',
    ],
  },
  {
    rule: 'nested-mail',
    severity: 'note',
    note: ['A mail is open already; RSET would drop it.', '已有一封未完成的邮件，可用 RSET 放弃。'],
  },
  {
    rule: 'no-mail',
    severity: 'note',
    note: ['The sender (MAIL) must come first.', '应先给出发件人（MAIL）。'],
  },
  {
    rule: 'no-recipients',
    severity: 'note',
    note: ['No recipient was accepted before.', '此前没有收件人被接受。'],
  },
  {
    rule: 'data-after-bdat',
    severity: 'note',
    note: ['DATA and BDAT cannot be mixed in one mail.', '同一封邮件不能混用 DATA 和 BDAT。'],
  },
  {
    rule: 'chunking-not-offered',
    severity: 'note',
    note: ['BDAT is used though CHUNKING was not offered.', '服务器没有提供 CHUNKING，却用了 BDAT。'],
  },
  {
    rule: 'auth-in-transaction',
    severity: 'note',
    note: ['Sign-in is not allowed while a mail is open.', '邮件未完成时不允许登录。'],
  },
  {
    rule: 'auth-twice',
    severity: 'note',
    note: ['Already signed in; one sign-in a session is allowed.', '已经登录，每个会话只能登录一次。'],
  },
  {
    rule: 'starttls-twice',
    severity: 'note',
    note: ['TLS is on already.', 'TLS 已经启用。'],
  },
  {
    rule: 'plaintext-after-starttls',
    severity: 'danger',
    note: ['Bytes in clear stand behind STARTTLS, before the handshake.', 'STARTTLS 之后、握手之前混有明文字节。'],
    title: ['Text in clear was slipped in behind STARTTLS', 'STARTTLS 之后被夹带了明文'],
    why: [
      'A side that keeps these bytes takes them for protected ones: that is how commands are injected into a TLS connection.',
      '若收方保留这些字节，就会把它们当作受保护的内容，这正是向 TLS 连接注入命令的手法。',
    ],
    todo: [
      'make sure that both programs throw away what comes with STARTTLS.',
      '确认双方程序都会丢弃随 STARTTLS 到来的字节。',
    ],
  },
  {
    rule: 'parameter-not-offered',
    severity: 'note',
    note: ['A parameter is used that the server did not offer.', '用了服务器没有提供的参数。'],
  },
  {
    rule: 'utf8-without-smtputf8',
    severity: 'note',
    note: ['An address beyond ASCII needs the parameter SMTPUTF8.', '非 ASCII 地址需要 SMTPUTF8 参数。'],
    title: ['An address beyond ASCII without SMTPUTF8', '非 ASCII 地址没有声明 SMTPUTF8'],
    why: [
      'Without the parameter the next server may refuse or garble it.',
      '没有这个参数，下一台服务器可能拒收或弄乱地址。',
    ],
  },
  {
    rule: 'source-route',
    severity: 'note',
    note: [
      'A way over other hosts stands in the address; it is ignored today.',
      '地址里带有途经的主机，现在已不再理会。',
    ],
  },
  {
    rule: 'needless-quotes',
    severity: 'note',
    note: ['The quotes in the address are not needed.', '地址里的引号是多余的。'],
  },
  {
    rule: 'local-part-too-long',
    severity: 'note',
    note: ['The part before @ is longer than the 64 bytes allowed.', '@ 之前的部分超过规定的 64 字节。'],
  },
  {
    rule: 'dots-in-local-part',
    severity: 'note',
    note: [
      'Dots stand at an end or side by side in the address; some providers allow it.',
      '地址里的点在首尾或相连，不合语法，个别服务商允许。',
    ],
  },
]
