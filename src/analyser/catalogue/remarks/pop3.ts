/** What the remarks of `wire/pop3` mean, beyond those it shares with SMTP. */
import type { RemarkRow } from './remark-row.ts'

export const pop3Remarks: readonly RemarkRow[] = [
  {
    rule: 'status-not-upper-case',
    severity: 'note',
    note: ['+OK and -ERR are to be written in capitals.', '+OK 和 -ERR 应当大写。'],
  },
  {
    rule: 'not-signed-in',
    severity: 'note',
    note: ['This needs a sign-in first.', '要先登录才能执行。'],
  },
  {
    rule: 'already-signed-in',
    severity: 'note',
    note: ['Already signed in; this belongs before it.', '已经登录，这个命令应在登录之前。'],
  },
  {
    rule: 'pass-without-user',
    severity: 'note',
    note: ['PASS must follow an accepted USER at once.', 'PASS 必须紧跟在被接受的 USER 之后。'],
  },
  {
    rule: 'stls-twice',
    severity: 'note',
    note: ['TLS is on already.', 'TLS 已经启用。'],
  },
  {
    rule: 'plaintext-after-stls',
    severity: 'danger',
    note: ['Bytes in clear stand behind STLS, before the handshake.', 'STLS 之后、握手之前混有明文字节。'],
    title: ['Text in clear was slipped in behind STLS', 'STLS 之后被夹带了明文'],
    why: [
      'A side that keeps these bytes takes them for protected ones: that is how commands are injected into a TLS connection.',
      '若收方保留这些字节，就会把它们当作受保护的内容，这正是向 TLS 连接注入命令的手法。',
    ],
    todo: ['make sure that both programs throw away what comes with STLS.', '确认双方程序都会丢弃随 STLS 到来的字节。'],
  },
  {
    rule: 'after-quit',
    severity: 'note',
    note: ['Said after QUIT, when nothing may come any more.', 'QUIT 之后不应再有命令。'],
  },
]
