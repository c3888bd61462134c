/** Commands that are rare, obsolete, of one maker only, or of another protocol; ids `smtp.command.unknown.WORD`. */
import { rfc, type Entry } from '../entry.ts'

/** Each row: word, where it is written, English short, Chinese short. */
const rows: readonly (readonly [string, Entry['rfc'], string, string])[] = [
  [
    'ETRN',
    [rfc(1985)],
    'Asks the server to send out the mail it keeps for a domain.',
    '请服务器开始投递为某个域名保管的邮件。',
  ],
  [
    'ATRN',
    [rfc(2645)],
    'Asks to turn round: after sign-in the server sends the mail it keeps.',
    '请求交换角色：登录后由服务器发来代管的邮件。',
  ],
  [
    'TURN',
    [rfc(5321, 'F.1')],
    'Asks to swap the roles of client and server; given up, since nothing proves who asks.',
    '请求交换双方角色；无法证明身份，已废弃。',
  ],
  [
    'SEND',
    [rfc(5321, 'F.6')],
    'Obsolete: text to a terminal in place of a mailbox.',
    '已废弃：把文字送到终端而不是邮箱。',
  ],
  [
    'SOML',
    [rfc(5321, 'F.6')],
    'Obsolete: to the terminal if someone is there, else to the mailbox.',
    '已废弃：有人在线就送到终端，否则送到邮箱。',
  ],
  ['SAML', [rfc(5321, 'F.6')], 'Obsolete: to the terminal and to the mailbox.', '已废弃：同时送到终端和邮箱。'],
  [
    'BURL',
    [rfc(4468)],
    'Asks the server to fetch a part of the mail from an IMAP server by itself.',
    '请服务器自行从 IMAP 服务器取邮件的一部分。',
  ],
  [
    'XCLIENT',
    [],
    'From Postfix: a trusted proxy says for whom it speaks.',
    'Postfix 的扩展：受信任的代理说明真正的客户端是谁。',
  ],
  [
    'XFORWARD',
    [],
    'From Postfix: a filter passes on where the mail first came from, for the log.',
    'Postfix 的扩展：过滤器转告邮件最初的来源，供日志使用。',
  ],
  ['X-EXPS', [], 'From Exchange: sign-in between its own servers.', 'Exchange 的扩展：自家服务器之间的登录。'],
  [
    'X-LINK2STATE',
    [],
    'From Exchange: tells which links between its servers work.',
    'Exchange 的扩展：交换各服务器之间的链路状态。',
  ],
  [
    'XEXCH50',
    [],
    'From Exchange: properties of a mail, between its own servers.',
    'Exchange 的扩展：服务器之间传递邮件属性。',
  ],
  [
    'X-ANONYMOUSTLS',
    [],
    'From Exchange: TLS between its own servers, without certificates.',
    'Exchange 的扩展：自家服务器之间不用证书的 TLS。',
  ],
  [
    'GET',
    [rfc(9110, '9.3.1')],
    'Not mail: a web request. A browser or a scanner came to the wrong port.',
    '不是邮件：这是网页请求，浏览器或扫描器连错了端口。',
  ],
  [
    'POST',
    [rfc(9110, '9.3.3')],
    'Not mail: a web request that carries data. Servers should hang up.',
    '不是邮件：带数据的网页请求，服务器应当断开。',
  ],
  ['HEAD', [rfc(9110, '9.3.2')], 'Not mail: a web request for a header only.', '不是邮件：只取头部的网页请求。'],
  [
    'OPTIONS',
    [rfc(9110, '9.3.7')],
    'Not mail: a web request about what is allowed.',
    '不是邮件：询问可用方法的网页请求。',
  ],
  ['CONNECT', [rfc(9110, '9.3.6')], 'Not mail: a request to a web proxy.', '不是邮件：发给网页代理的请求。'],
  [
    'PROXY',
    [],
    'A proxy tells whom the connection is really from (PROXY protocol).',
    '代理说明连接真正来自谁（PROXY 协议）。',
  ],
  ['USER', [rfc(1939, '7')], 'A POP3 command, said to an SMTP server.', 'POP3 命令，却发给了 SMTP 服务器。'],
  ['PASS', [rfc(1939, '7')], 'A POP3 command, said to an SMTP server.', 'POP3 命令，却发给了 SMTP 服务器。'],
]

const rare = [
  'A rare word in mail. A server that does not offer it answers 500 or 502 and goes on.',
  '邮件中少见的命令，不提供它的服务器会回 500 或 502，会话继续。',
] as const

export const smtpRareCommands: readonly Entry[] = rows.map(([word, rules, en, zh]) => ({
  id: `smtp.command.unknown.${word}`,
  rfc: rules,
  en: { short: en, long: rare[0] },
  zh: { short: zh, long: rare[1] },
}))
