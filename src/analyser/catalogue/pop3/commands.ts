/** What POP3 commands mean. RFC 1939 §5-7, RFC 2449, RFC 2595, RFC 5034, RFC 6856. */
import { rfc, type Entry, type Rule } from '../entry.ts'

type Pair = readonly [en: string, zh: string]
type Row = readonly [key: string, rules: readonly Rule[], short: Pair, long?: Pair]

const rows: readonly Row[] = [
  [
    'USER',
    [rfc(1939, '7')],
    ['The user name.', '给出用户名。'],
    [
      'The first half of the simple sign-in. The server says +OK to nearly any name, so that nobody can find out who exists.',
      '最简单的登录方式的前半步。服务器对几乎任何名字都回 +OK，以免被用来探测谁存在。',
    ],
  ],
  [
    'PASS',
    [rfc(1939, '7')],
    ['The password, as it is: not even base64 is round it.', '口令原文，连 Base64 编码都没有。'],
    [
      'The second half of the simple sign-in. Without TLS whoever sees this line has the password. Everything behind the blank belongs to it, blanks too.',
      '简单登录的后半步。没有 TLS 时，看到这一行就等于拿到了口令。空格之后的全部内容都是口令，包括其中的空格。',
    ],
  ],
  [
    'PASS.sealed',
    [rfc(1939, '7')],
    ['The password; sealed on the wire.', '给出口令，线路上已加密。'],
    ['The second half of the simple sign-in, protected by the TLS round it.', '简单登录的后半步，由外面的 TLS 保护。'],
  ],
  [
    'APOP',
    [rfc(1939, '7')],
    ['Signs in with a digest; the password itself is not sent.', '用摘要登录，不发送口令本身。'],
    [
      'The digest is the MD5 of the time stamp in the greeting and the password. A listener can try guesses against it offline, and MD5 makes that quick.',
      '摘要由欢迎语中的时间戳和口令经 MD5 算出。旁听者可以离线猜测，而 MD5 算得很快。',
    ],
  ],
  [
    'STAT',
    [rfc(1939, '5')],
    ['How many messages are there, and how many bytes?', '询问邮件总数和总字节数。'],
    [
      'The quickest look into the mailbox: one line with two numbers. Messages marked for deletion are not counted.',
      '查看邮箱最快的办法：一行两个数字，已标记删除的不计。',
    ],
  ],
  [
    'LIST',
    [rfc(1939, '5')],
    ['How large is each message?', '询问每封邮件的大小。'],
    [
      'Messages are numbered from 1 for this session only. The sizes let a client decide what to fetch.',
      '序号从 1 开始，只在本次会话有效；客户端可按大小决定取哪些。',
    ],
  ],
  ['LIST.one', [rfc(1939, '5')], ['How large is message {number}?', '询问第 {number} 封邮件的大小。']],
  [
    'RETR',
    [rfc(1939, '5')],
    ['Fetches message {number}, whole.', '取第 {number} 封邮件的全文。'],
    [
      'The mail stays on the server unless DELE marks it. A line of it that begins with a dot is sent with one more.',
      '邮件仍留在服务器上，除非用 DELE 标记。以点开头的行会多发一个点。',
    ],
  ],
  [
    'DELE',
    [rfc(1939, '5')],
    ['Marks message {number} for deletion; QUIT makes it real.', '把第 {number} 封标记为删除，QUIT 时生效。'],
    [
      'Nothing is gone yet: RSET takes the mark back, and so does a connection that breaks before QUIT.',
      '此时并未真正删除：RSET 可以撤销，连接在 QUIT 之前中断也会撤销。',
    ],
  ],
  [
    'NOOP',
    [rfc(1939, '5')],
    ['Does nothing: asks only whether the server is there.', '空操作，只看服务器是否还在。'],
    ['Clients use it to keep a connection open or to test it.', '客户端用它保持或检查连接。'],
  ],
  [
    'RSET',
    [rfc(1939, '5')],
    ['Takes all marks for deletion back.', '撤销所有删除标记。'],
    ['Nothing was deleted yet, so everything is as it was at the sign-in.', '删除尚未生效，一切恢复到登录时的样子。'],
  ],
  [
    'TOP',
    [rfc(1939, '7')],
    ['Header and {lines} body lines of message {number}.', '取第 {number} 封的邮件头和正文前 {lines} 行。'],
    [
      'A look at a mail without fetching it whole: for a list of subjects, or to decide what is worth fetching.',
      '不取全文先看一眼：用于列出主题，或决定是否值得取。',
    ],
  ],
  ['TOP.head', [rfc(1939, '7')], ['The header of message {number} only.', '只取第 {number} 封的邮件头。']],
  [
    'UIDL',
    [rfc(1939, '7')],
    ['What is the lasting name of each message?', '询问每封邮件的唯一编号。'],
    [
      'Message numbers begin anew with every connection; these names stay. A client that leaves mail on the server knows by them what it has already.',
      '邮件序号每次连接都重排，唯一编号则不变。把邮件留在服务器上的客户端靠它知道哪些已经取过。',
    ],
  ],
  [
    'UIDL.one',
    [rfc(1939, '7')],
    ['What is the lasting name of message {number}?', '询问第 {number} 封邮件的唯一编号。'],
  ],
  [
    'QUIT',
    [rfc(1939, '6')],
    ['The client is done; marked messages are deleted now.', '客户端结束会话，标记的邮件此时删除。'],
    [
      'After a sign-in QUIT makes deletions real and sets the mailbox free. Before it, QUIT only ends the connection.',
      '登录之后，QUIT 使删除生效并释放邮箱；登录之前，QUIT 只是结束连接。',
    ],
  ],
  [
    'QUIT.early',
    [rfc(1939, '4')],
    ['The client is done.', '客户端结束会话。'],
    [
      'Before the sign-in there is nothing to delete: QUIT only ends the connection.',
      '登录之前没有可删除的邮件，QUIT 只是结束连接。',
    ],
  ],
  [
    'CAPA',
    [rfc(2449, '5')],
    ['What can this server do?', '询问服务器支持哪些功能。'],
    [
      'The answer lists what the server can do beyond the first standard, one row each. It may be asked before and after the sign-in.',
      '答复逐行列出基本规范之外的功能，登录前后都可以询问。',
    ],
  ],
  [
    'CAPA.sealed',
    [rfc(2595, '4'), rfc(2449, '5')],
    [
      'Asks again what the server can do: the first list could have been forged.',
      '重新询问支持的功能：先前的列表可能被篡改过。',
    ],
    [
      'What was said before TLS could have been changed on the way, so a careful client asks again.',
      'TLS 建立之前的内容可能在途中被改动，谨慎的客户端会重新询问。',
    ],
  ],
  [
    'STLS',
    [rfc(2595, '4')],
    ['Asks to switch this connection to TLS.', '请求把当前连接升级为 TLS。'],
    [
      'After +OK the two sides shake hands and everything that follows is sealed. What was said before is forgotten.',
      '收到 +OK 后双方开始握手，此后的内容全部加密传输，之前说过的一切作废。',
    ],
  ],
  [
    'UTF8',
    [rfc(6856, '2.1')],
    ['Allows text beyond ASCII in mail and answers.', '允许邮件和答复使用 UTF-8 文字。'],
    [
      'Without it a server must not send header fields in UTF-8 as they are.',
      '没有它，服务器不能直接发送 UTF-8 邮件头。',
    ],
  ],
  [
    'LANG',
    [rfc(6856)],
    ['Which languages can the answers be in?', '询问答复可用哪些语言。'],
    ['Only the text for people changes; +OK and -ERR stay.', '只改变给人看的文字，+OK 和 -ERR 不变。'],
  ],
  ['LANG.one', [rfc(6856)], ['Asks for answers in {tag}.', '请求用 {tag} 语言答复。']],
  [
    'unknown',
    [rfc(1939, '3')],
    ['Not a command of POP3 known here: {word}.', '不认识的命令：{word}。'],
    [
      'The server answers -ERR. An SMTP word said to a POP3 server is a common cause.',
      '服务器会回 -ERR，常见原因是把 SMTP 的命令发给了 POP3 服务器。',
    ],
  ],
  [
    'empty',
    [rfc(1939, '3')],
    ['An empty line: no command.', '空行，不是命令。'],
    ['Somebody pressed Enter, or a program sent one line end too many.', '可能有人多按了回车，或程序多发了一个换行。'],
  ],
  [
    'malformed',
    [rfc(1939, '3')],
    ['A {word} command whose argument cannot be read.', '{word} 命令，但参数不合语法。'],
    [
      'The verb is known, what follows does not fit its grammar. The server answers -ERR.',
      '命令本身认识，后面的参数不合语法，服务器会回 -ERR。',
    ],
  ],
]

export const pop3Commands: readonly Entry[] = rows.map(([key, rules, short, long]) => ({
  id: `pop3.command.${key}`,
  rfc: rules,
  en: long === undefined ? { short: short[0] } : { short: short[0], long: long[0] },
  zh: long === undefined ? { short: short[1] } : { short: short[1], long: long[1] },
}))
