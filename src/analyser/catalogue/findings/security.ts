/** Findings about credentials and TLS. */
import { rfc } from '../entry.ts'
import type { FindingRow } from './finding-row.ts'

const submission = [rfc(8314, '3')]

/** Variants by protocol and by what the secret is, chosen by the param `variant`. */
export const credentialFindings: readonly FindingRow[] = [
  {
    id: 'auth-clear',
    rfc: submission,
    title: ['A credential travelled in clear', '登录凭据以明文传输'],
    why: ['Whoever saw these packets can sign in with it.', '看到这些数据包的人就能用它登录。'],
    todo: ['change it, then set the client to TLS.', '先更换它，再让客户端使用 TLS。'],
    note: ['In clear: anyone between could read it.', '明文传输：沿途任何人都能读到。'],
  },
  {
    id: 'auth-clear.smtp.code',
    rfc: submission,
    title: ['The authorization code travelled in clear', '授权码以明文传输'],
    why: [
      'Whoever saw these packets has the code: base64 is not encryption.',
      '看到这些数据包的人就拿到了授权码：Base64 只是编码，不是加密。',
    ],
    todo: [
      'revoke this code, then set the client to STARTTLS (587) or TLS (465).',
      '先吊销这个授权码，再把客户端改为 STARTTLS（587）或 TLS（465）。',
    ],
  },
  {
    id: 'auth-clear.smtp.password',
    rfc: submission,
    title: ['The password travelled in clear', '口令以明文传输'],
    why: [
      'Whoever saw these packets has the password: base64 is not encryption.',
      '看到这些数据包的人就拿到了口令：Base64 只是编码，不是加密。',
    ],
    todo: [
      'change this password, then set the client to STARTTLS (587) or TLS (465).',
      '先更换这个口令，再把客户端改为 STARTTLS（587）或 TLS（465）。',
    ],
  },
  {
    id: 'auth-clear.smtp.token',
    rfc: submission,
    title: ['The access token travelled in clear', '令牌以明文传输'],
    why: [
      'Whoever saw these packets can use the token until it expires.',
      '看到这些数据包的人在令牌过期前都能使用它。',
    ],
    todo: [
      'withdraw the token at the provider, then set the client to STARTTLS (587) or TLS (465).',
      '先在服务商处撤销令牌，再把客户端改为 STARTTLS（587）或 TLS（465）。',
    ],
  },
  {
    id: 'auth-clear.pop3.code',
    rfc: submission,
    title: ['The authorization code travelled in clear', '授权码以明文传输'],
    why: [
      'Whoever saw these packets has the code: nothing protected it.',
      '看到这些数据包的人就拿到了授权码，没有任何保护。',
    ],
    todo: [
      'revoke this code, then set the client to STLS (110) or TLS (995).',
      '先吊销这个授权码，再把客户端改为 STLS（110）或 TLS（995）。',
    ],
  },
  {
    id: 'auth-clear.pop3.password',
    rfc: submission,
    title: ['The password travelled in clear', '口令以明文传输'],
    why: [
      'Whoever saw these packets has the password: nothing protected it.',
      '看到这些数据包的人就拿到了口令，没有任何保护。',
    ],
    todo: [
      'change this password, then set the client to STLS (110) or TLS (995).',
      '先更换这个口令，再把客户端改为 STLS（110）或 TLS（995）。',
    ],
  },
  {
    id: 'auth-clear.pop3.token',
    rfc: submission,
    title: ['The access token travelled in clear', '令牌以明文传输'],
    why: [
      'Whoever saw these packets can use the token until it expires.',
      '看到这些数据包的人在令牌过期前都能使用它。',
    ],
    todo: [
      'withdraw the token at the provider, then set the client to STLS (110) or TLS (995).',
      '先在服务商处撤销令牌，再把客户端改为 STLS（110）或 TLS（995）。',
    ],
  },
  {
    id: 'auth-weak',
    rfc: [rfc(2195), rfc(8314, '3')],
    title: ['A sign-in by digest can be guessed from these packets', '可以用这些数据包离线猜测口令'],
    why: [
      'The password itself was not sent, but guesses can be tried against the digest at leisure; short passwords fall quickly.',
      '没有发送口令本身，但可以拿摘要慢慢验证猜测，短口令很快就会被猜中。',
    ],
    todo: [
      'set the client to TLS; choose a long password or a code made by the server.',
      '让客户端使用 TLS，并选用长口令或服务器生成的授权码。',
    ],
    note: ['In clear: guesses can be tried against this digest.', '明文传输：可以用这个摘要验证猜测。'],
  },
  {
    id: 'auth-failed',
    rfc: [rfc(4954, '6')],
    title: ['{count} {count|sign-in was|sign-ins were} refused', '登录被拒 {count} 次'],
    why: [
      'User name or credential was not right. Many providers take only an authorization code here, not the account password.',
      '用户名或凭据不对。许多服务商在这里只认授权码，不认账户口令。',
    ],
    todo: [
      'check the user name (the full address), and use an authorization code where the provider has them.',
      '检查用户名（完整地址），服务商有授权码的就用授权码。',
    ],
  },
  {
    id: 'auth-offered-in-clear',
    rfc: [rfc(4954, '4')],
    title: ['Signing in with the password in clear is offered', '服务器允许明文登录'],
    why: [
      'AUTH with {mechanisms:list} is announced before TLS, so a client that is set up wrongly will show its password.',
      '在 TLS 之前就公布了 {mechanisms:list}，设置不当的客户端会暴露口令。',
    ],
    todo: ['on the server: offer AUTH only after STARTTLS.', '服务器应只在 STARTTLS 之后提供 AUTH。'],
  },
  {
    id: 'auth-wrong-prompt',
    rfc: [],
    title: ['A credential was perhaps typed at the wrong prompt', '可能把凭据打在了错误的提示下'],
    why: [
      "This line is no command and stands close to a sign-in. It is hidden here; on the wire and in the server's log it may stand in clear.",
      '这一行不是命令，又紧挨着登录过程。这里已隐藏，但在线路上和服务器日志里可能是明文。',
    ],
    todo: ['if it was one, change it.', '如果确实是凭据，就更换它。'],
    note: ['Perhaps a credential at the wrong prompt.', '可能是打错位置的凭据。'],
  },
]

export const starttlsFindings: readonly FindingRow[] = [
  {
    id: 'starttls-offered-not-used',
    rfc: [rfc(3207), rfc(2595)],
    title: ['TLS was offered and not used', '服务器提供了 TLS，客户端没有使用'],
    why: [
      'What followed crossed the network readable, though the server could have sealed it.',
      '服务器本可加密，之后的内容却以明文经过网络。',
    ],
    todo: [
      'set the client to use STARTTLS always, or TLS from the first byte.',
      '让客户端始终使用 STARTTLS，或从一开始就用 TLS。',
    ],
    note: [
      'STARTTLS was offered (line {line}) and not used.',
      '服务器提供了 STARTTLS（第 {line} 行），客户端没有使用。',
    ],
  },
  {
    id: 'starttls-offered-not-used.pop3',
    rfc: [rfc(2595, '4')],
    title: ['TLS was offered and not used', '服务器提供了 TLS，客户端没有使用'],
    why: [
      'What followed crossed the network readable, though the server could have sealed it.',
      '服务器本可加密，之后的内容却以明文经过网络。',
    ],
    todo: [
      'set the client to use STLS always, or TLS from the first byte.',
      '让客户端始终使用 STLS，或从一开始就用 TLS。',
    ],
    note: ['STLS was offered (line {line}) and not used.', '服务器提供了 STLS（第 {line} 行），客户端没有使用。'],
  },
  {
    id: 'starttls-not-offered',
    rfc: [rfc(3207, '6'), rfc(2595, '4')],
    title: ['The list of extensions does not offer TLS', '扩展列表里没有 TLS'],
    why: [
      'The server may not have it, or someone between took the row out of the list to keep the conversation readable.',
      '可能服务器不支持，也可能有人在途中删掉了这一行，好让会话保持明文。',
    ],
    todo: [
      'compare with the same server over another network; let the client insist on TLS.',
      '换一个网络连接同一台服务器对比，并让客户端坚持使用 TLS。',
    ],
  },
  {
    id: 'starttls-refused-clear',
    rfc: [rfc(3207, '4.1')],
    title: ['TLS was refused and the client went on in clear', 'TLS 被拒后客户端继续明文传输'],
    why: [
      'Anyone between can force this by answering in place of the server.',
      '途中任何人都可以冒充服务器作答，造成这种局面。',
    ],
    todo: ['let the client stop when TLS fails.', '让客户端在 TLS 失败时停下。'],
    note: ['Goes on in clear after TLS was refused.', 'TLS 被拒后继续明文传输。'],
  },
  {
    id: 'starttls-no-second-ehlo',
    rfc: [rfc(3207, '4.2')],
    title: ['The client kept the list from before TLS', '客户端沿用了 TLS 之前的列表'],
    why: [
      'That list was not protected. A client must forget it and say EHLO again inside TLS.',
      '那份列表没有保护，客户端应当作废，在 TLS 里重新发 EHLO。',
    ],
    note: ['No EHLO came first inside TLS.', '进入 TLS 后没有先发 EHLO。'],
  },
]
