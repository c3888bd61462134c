/** Signing in, step by step, as SMTP and POP3 carry it. RFC 4422, RFC 4954 §4, RFC 5034 §4. */
import { rfc, type Entry, type Rule, type Words } from './entry.ts'

interface Told {
  readonly en: Words
  readonly zh: Words
}

function entry(id: string, rules: readonly Rule[], en: Words, zh: Words): Entry {
  return { id, rfc: rules, en, zh }
}

/** What a mechanism is; the same long text stands under its start with and without a first answer. */
interface MechanismRow {
  readonly name: string
  readonly rfc: readonly Rule[]
  readonly start: readonly [string, string]
  /** With the first answer in the same line: in clear, and inside TLS. */
  readonly clear: readonly [string, string]
  readonly sealed: readonly [string, string]
  readonly long: readonly [string, string]
}

const proofAtOnce: readonly [string, string] = [
  'Signs in by proof and gives the user name at once; no password is sent.',
  '以证明方式登录，先给出用户名，不发送口令。',
]

const tokenClear: readonly [string, string] = [
  'Signs in with a token, in one line. Base64 is not encryption.',
  '用令牌一行登录。Base64 是编码，不是加密。',
]

const tokenSealed: readonly [string, string] = [
  'Signs in with a token, in one line; sealed on the wire.',
  '用令牌一行登录，线路上已加密。',
]

const scramLong: readonly [string, string] = [
  'Client and server prove to each other that they know the password, without sending it. A listener can still try guesses offline, slowed down by the count the server states.',
  '双方互相证明自己知道口令，但都不发送口令。旁听者仍可离线猜测，只是被服务器规定的迭代次数拖慢。',
]

const mechanisms: readonly MechanismRow[] = [
  {
    name: 'LOGIN',
    rfc: [rfc(4954, '4')],
    start: ['Asks to sign in, step by step.', '请求登录，分步进行。'],
    clear: ['Asks to sign in and gives the user name at once.', '请求登录，并直接给出用户名。'],
    sealed: ['Asks to sign in and gives the user name at once.', '请求登录，并直接给出用户名。'],
    long: [
      'LOGIN asks for the user name, then for the password, each as one base64 line. It never became a standard, yet nearly every server has it. Base64 is a way of writing: whoever sees the lines has the password.',
      'LOGIN 先问用户名，再问口令，各占一行 Base64。它没有成为标准，却几乎到处都支持。Base64 只是编码：看到这两行就等于拿到了口令。',
    ],
  },
  {
    name: 'PLAIN',
    rfc: [rfc(4616, '2'), rfc(4954, '4')],
    start: ['Asks to sign in with one line.', '请求用一行完成登录。'],
    clear: ['Signs in with one line. Base64 is not encryption.', '一行完成登录。Base64 是编码，不是加密。'],
    sealed: ['Signs in with one line; sealed on the wire.', '一行完成登录，线路上已加密。'],
    long: [
      'PLAIN sends user name and password together, parted by zero bytes and written in base64. It is the standard way and as good as the TLS round it; without TLS whoever sees the line has the password.',
      'PLAIN 把用户名和口令用零字节隔开，一起写成 Base64。它是标准做法，安全与否全看外面的 TLS；没有 TLS，看到这一行就等于拿到了口令。',
    ],
  },
  {
    name: 'CRAM-MD5',
    rfc: [rfc(2195, '2')],
    start: ['Asks to sign in by a challenge; the password itself is not sent.', '请求以质询方式登录，不发送口令本身。'],
    clear: proofAtOnce,
    sealed: proofAtOnce,
    long: [
      'The server sends a challenge, the client answers with a keyed MD5 of it. A listener does not get the password, but can try guesses against the pair at leisure; the server must keep the password readable.',
      '服务器发来质询，客户端用口令作密钥算出 MD5 摘要作答。旁听者拿不到口令，却可以慢慢离线猜测；服务器还必须保存可还原的口令。',
    ],
  },
  {
    name: 'DIGEST-MD5',
    rfc: [rfc(2831), rfc(6331)],
    start: ['Asks to sign in by a digest; an old way that was given up.', '请求以摘要方式登录，已废弃的旧方法。'],
    clear: proofAtOnce,
    sealed: proofAtOnce,
    long: [
      'A challenge and an answer made with MD5. It was set aside in 2011 as too intricate and too weak.',
      '用 MD5 作质询与应答，2011 年因过于复杂且强度不足而停用。',
    ],
  },
  ...['SCRAM-SHA-1', 'SCRAM-SHA-256', 'SCRAM-SHA-1-PLUS', 'SCRAM-SHA-256-PLUS'].map((name): MechanismRow => ({
    name,
    rfc: name.includes('256') ? [rfc(7677), rfc(5802)] : [rfc(5802)],
    start: ['Asks to sign in by mutual proof; the password is never sent.', '请求以双向证明登录，口令从不发送。'],
    clear: proofAtOnce,
    sealed: proofAtOnce,
    long: scramLong,
  })),
  {
    name: 'XOAUTH2',
    rfc: [],
    start: ['Asks to sign in with a token in place of a password.', '请求用令牌代替口令登录。'],
    clear: tokenClear,
    sealed: tokenSealed,
    long: [
      'The client shows an access token that the provider issued after a sign-in in the browser. The token opens the mailbox until it expires. The form is of Google and Microsoft, not of a standard.',
      '客户端出示令牌，它由服务商在浏览器登录后签发，过期前可以打开邮箱。这是 Google 和 Microsoft 采用的格式，并非标准。',
    ],
  },
  {
    name: 'OAUTHBEARER',
    rfc: [rfc(7628, '3.1')],
    start: ['Asks to sign in with a token in place of a password.', '请求用令牌代替口令登录。'],
    clear: tokenClear,
    sealed: tokenSealed,
    long: [
      'The standard form of signing in with an access token. The token opens the mailbox until it expires, so it is worth as much as a password for that time.',
      '用访问令牌登录的标准格式。令牌过期前可以打开邮箱，在此期间与口令同样重要。',
    ],
  },
  {
    name: 'EXTERNAL',
    rfc: [rfc(4422, 'A')],
    start: ['Asks to be known by what TLS proved: a client certificate.', '请求按 TLS 已证明的身份登录：客户端证书。'],
    clear: ['Asks to be known by something outside, such as a certificate.', '请求按外部证明的身份登录，例如证书。'],
    sealed: ['Asks to be known by what TLS proved: a client certificate.', '请求按 TLS 已证明的身份登录：客户端证书。'],
    long: [
      'No secret is sent: the proof was given earlier, as a rule by a client certificate in the TLS handshake.',
      '不发送任何秘密：身份已在别处证明，通常是 TLS 握手中的客户端证书。',
    ],
  },
  {
    name: 'ANONYMOUS',
    rfc: [rfc(4505)],
    start: ['Signs in without being anyone.', '匿名登录。'],
    clear: ['Signs in without being anyone; leaves a trace word.', '匿名登录，附带一个标记。'],
    sealed: ['Signs in without being anyone; leaves a trace word.', '匿名登录，附带一个标记。'],
    long: [
      'For guests. The text given is a courtesy, such as an address, and proves nothing.',
      '供访客使用，附带的文字只是礼节，例如一个地址，不证明任何事。',
    ],
  },
  {
    name: 'NTLM',
    rfc: [],
    start: ['Asks to sign in by the old Windows way.', '请求以旧式 Windows 方法登录。'],
    clear: ['Asks to sign in by the old Windows way.', '请求以旧式 Windows 方法登录。'],
    sealed: ['Asks to sign in by the old Windows way.', '请求以旧式 Windows 方法登录。'],
    long: [
      'Three messages of Windows networking in base64. The proof is made of an MD4 hash of the password and can be guessed offline quickly.',
      'Windows 网络的三段消息，写成 Base64。证明由口令的 MD4 摘要得出，很快就能离线猜出。',
    ],
  },
  {
    name: 'GSSAPI',
    rfc: [rfc(4752)],
    start: ['Asks to sign in by Kerberos.', '请求用 Kerberos 登录。'],
    clear: ['Signs in with a Kerberos ticket.', '用 Kerberos 票据登录。'],
    sealed: ['Signs in with a Kerberos ticket.', '用 Kerberos 票据登录。'],
    long: [
      "The client shows a ticket from the organisation's Kerberos server; the password stays at home.",
      '客户端出示本单位 Kerberos 服务器签发的票据，口令不离开本机。',
    ],
  },
  {
    name: 'XOAUTH',
    rfc: [],
    start: [
      'Asks to sign in with a token; an old form, replaced by XOAUTH2.',
      '请求用令牌登录，旧格式，已被 XOAUTH2 取代。',
    ],
    clear: tokenClear,
    sealed: tokenSealed,
    long: [
      'The first form of signing in with a token, of one provider only.',
      '用令牌登录的最早格式，只有个别服务商使用。',
    ],
  },
]

function startsOf(row: MechanismRow): readonly Entry[] {
  const words = ([en, zh]: readonly [string, string]): Told => ({
    en: { short: en, long: row.long[0] },
    zh: { short: zh, long: row.long[1] },
  })
  const id = `sasl.start.${row.name}`
  return [
    { id, rfc: row.rfc, ...words(row.start) },
    { id: `${id}.initial`, rfc: row.rfc, ...words(row.clear) },
    { id: `${id}.initial.sealed`, rfc: row.rfc, ...words(row.sealed) },
  ]
}

const generalStarts: readonly Entry[] = [
  entry(
    'sasl.start',
    [rfc(4422, '3')],
    {
      short: 'Asks to sign in by {mechanism}.',
      long: 'AUTH names a way of signing in that the server offered. What is said next is agreed by that way, in lines of base64.',
    },
    {
      short: '请求以 {mechanism} 方式登录。',
      long: 'AUTH 指明服务器提供的一种登录方式，之后的内容由该方式规定，逐行写成 Base64。',
    },
  ),
  entry(
    'sasl.start.initial',
    [rfc(4422, '3')],
    { short: 'Asks to sign in by {mechanism}, with a first answer at once.' },
    { short: '请求以 {mechanism} 方式登录，同时给出首个应答。' },
  ),
  entry(
    'sasl.start.list',
    [rfc(5034, '4')],
    { short: 'Asks which ways to sign in there are.' },
    { short: '询问有哪些登录方式。' },
  ),
]

const challengeRules = [rfc(4954, '4')]

const challenges: readonly Entry[] = [
  entry(
    'sasl.challenge',
    challengeRules,
    {
      short: 'A step of the sign-in: the server waits for the answer.',
      long: 'The text is base64. What it means is agreed by the way of signing in that was chosen.',
    },
    { short: '登录中的一步，服务器等待应答。', long: '内容是 Base64，含义由所选的登录方式规定。' },
  ),
  entry(
    'sasl.challenge.empty',
    challengeRules,
    {
      short: 'Go ahead: the sign-in data comes next.',
      long: 'An empty challenge: the client chose a way where it speaks first, and now may.',
    },
    { short: '可以继续，接下来发送登录数据。', long: '空质询：客户端选的方式由它先发言，服务器表示可以发了。' },
  ),
  entry('sasl.challenge.user', challengeRules, { short: 'Asks for the user name.' }, { short: '询问用户名。' }),
  entry(
    'sasl.challenge.user.prompt',
    challengeRules,
    {
      short: 'Asks for the user name: base64 of "{prompt}".',
      long: 'The prompt is free text, written in base64. Clients go by the order: first the user name, then the password.',
    },
    {
      short: '询问用户名，即 {prompt} 的 Base64 编码。',
      long: '提示文字没有统一规定，写成 Base64。客户端按次序作答：先用户名，后口令。',
    },
  ),
  entry('sasl.challenge.password', challengeRules, { short: 'Asks for the password.' }, { short: '询问口令。' }),
  entry(
    'sasl.challenge.password.prompt',
    challengeRules,
    {
      short: 'Asks for the password: base64 of "{prompt}".',
      long: 'With a mail provider, "password" here means the authorization code, not the password of the account.',
    },
    {
      short: '询问口令，即 {prompt} 的 Base64 编码。',
      long: '在邮箱服务商那里，这里的口令指授权码，而不是账户的登录口令。',
    },
  ),
  entry(
    'sasl.challenge.CRAM-MD5',
    [rfc(2195, '2')],
    {
      short: 'A challenge that is never the same twice.',
      long: 'The client must answer with a digest made of this text and the password.',
    },
    { short: '一段每次都不同的质询。', long: '客户端要用这段文字和口令算出摘要作答。' },
  ),
  entry(
    'sasl.challenge.DIGEST-MD5',
    [rfc(2831)],
    { short: 'A challenge with realm, fresh value and what the server can do.' },
    { short: '质询：领域、随机值和服务器的能力。' },
  ),
  entry(
    'sasl.challenge.SCRAM.first',
    [rfc(5802, '3')],
    {
      short: 'Salt, count and a fresh value for the proof.',
      long: 'Both sides derive the same key from the password, this salt and this count. The fresh value makes every proof different.',
    },
    {
      short: '给出盐、迭代次数和随机值，供计算证明。',
      long: '双方用口令、这里的盐和迭代次数算出相同的密钥；随机值使每次证明都不同。',
    },
  ),
  entry(
    'sasl.challenge.SCRAM.final',
    [rfc(5802, '3')],
    {
      short: 'The server proves in turn that it knows the user.',
      long: 'A false server could not make this value. A client that checks it knows whom it talks to.',
    },
    { short: '服务器反过来证明它认识这个用户。', long: '假冒的服务器算不出这个值；客户端核对后就知道对方是真的。' },
  ),
  entry(
    'sasl.challenge.token-error',
    [rfc(7628, '3.2.2')],
    { short: 'The token is refused; the reason stands in base64. An empty answer is expected.' },
    { short: '令牌被拒，原因写在 Base64 里；等待一个空应答。' },
  ),
  entry(
    'sasl.challenge.NTLM',
    [],
    { short: "A step of the Windows sign-in: the server's challenge." },
    { short: 'Windows 登录中的一步：服务器的质询。' },
  ),
  entry(
    'sasl.challenge.GSSAPI',
    [rfc(4752)],
    { short: 'A step of the Kerberos sign-in.' },
    { short: 'Kerberos 登录中的一步。' },
  ),
]

const answerRules = [rfc(4954, '4')]
const base64Long: Told = {
  en: {
    short: '',
    long: 'The line is base64: a way of writing bytes as letters that anyone can turn back. Nothing about it is secret unless TLS is round it.',
  },
  zh: { short: '', long: '这一行是 Base64：把字节写成字母的编码方式，谁都能还原。没有 TLS 就没有任何保密可言。' },
}

function answer(id: string, en: string, zh: string, long: Told = base64Long): Entry {
  return entry(`sasl.answer.${id}`, answerRules, { ...long.en, short: en }, { ...long.zh, short: zh })
}

const proofLong: Told = {
  en: {
    short: '',
    long: 'A digest made of the challenge and the password. It proves that the client knows the password and cannot be used again; guesses can be tried against it offline, so it is hidden too.',
  },
  zh: {
    short: '',
    long: '由质询和口令算出的摘要，证明客户端知道口令，且不能重放；但可以用它离线验证猜测，所以同样隐藏。',
  },
}

const answers: readonly Entry[] = [
  answer('user', 'Answers line {line}.', '回答第 {line} 行。'),
  answer('user.apart', 'The user name, written in base64.', '用户名，写成 Base64。'),
  answer('secret', 'Answers line {line}. Base64 is not encryption.', '回答第 {line} 行。Base64 是编码，不是加密。'),
  answer('secret.apart', 'The credential. Base64 is not encryption.', '登录凭据。Base64 是编码，不是加密。'),
  answer('secret.sealed', 'Answers line {line}; sealed on the wire.', '回答第 {line} 行，线路上已加密。'),
  answer('secret.sealed.apart', 'The credential; sealed on the wire.', '登录凭据，线路上已加密。'),
  answer(
    'proof',
    'Answers line {line} with a proof; the password itself is not sent.',
    '以证明回答第 {line} 行，不发送口令本身。',
    proofLong,
  ),
  answer('proof.apart', 'A proof; the password itself is not sent.', '一份证明，不发送口令本身。', proofLong),
  answer(
    'unknown',
    'Answers line {line}; what it holds cannot be told, so it is hidden.',
    '回答第 {line} 行，内容无法判断，因此隐藏。',
  ),
  answer(
    'unknown.apart',
    'A step of a sign-in; what it holds cannot be told, so it is hidden.',
    '登录中的一步，内容无法判断，因此隐藏。',
  ),
  entry(
    'sasl.answer.nothing',
    answerRules,
    {
      short: 'An empty answer, as this exchange wants it.',
      long: 'Some ways of signing in end with a word of the server that needs no answer; the empty line only lets it go on.',
    },
    { short: '空应答，这一步本应如此。', long: '有些登录方式以服务器的话结束，无需回答，空行只是让流程继续。' },
  ),
  entry(
    'sasl.answer.cancel',
    answerRules,
    {
      short: 'Breaks the sign-in off.',
      long: 'A single * takes the request to sign in back; the server answers 501 (SMTP) or -ERR (POP3).',
    },
    { short: '中止登录。', long: '单独一个 * 表示撤回登录请求，服务器回 501（SMTP）或 -ERR（POP3）。' },
  ),
]

export const saslEntries: readonly Entry[] = [
  ...mechanisms.flatMap(startsOf),
  ...generalStarts,
  ...challenges,
  ...answers,
]

/** Names of the mechanisms that have words of their own. */
export const knownMechanisms: readonly string[] = mechanisms.map((row) => row.name)
