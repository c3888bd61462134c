/** Strangers' programs send to a Postglass that was started from its command line; what is fetched is what was sent. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import nodemailer from 'nodemailer'
import {
  fetchWithCurl,
  missing,
  missingSwaksTls,
  postglass,
  run,
  splitTrace,
  startHost,
  type Account,
  type Host,
  type Ran,
} from './host.test-support.ts'

const message = Buffer.from(
  [
    'From: Alice <alice@north.test>',
    'To: Bob <bob@north.test>',
    'Subject: =?UTF-8?B?5rWL6K+V?= from a stranger',
    'Date: Tue, 24 Nov 2026 10:00:00 +0000',
    'Message-ID: <walk@north.test>',
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: 8bit',
    '',
    '.a line that begins with a dot',
    '..two of them, and a line of one:',
    '.',
    'blanks at the end  ',
    '量子邮件',
    '',
  ].join('\r\n'),
)

let host: Host
let alice: Account
let bob: Account
let folder: string
let file: string
let fetched = 0

interface Sender {
  readonly name: string
  readonly program: string
  readonly sealed?: boolean
  send(): Promise<Ran>
}

const swaks = (...more: string[]): Promise<Ran> =>
  run('swaks', ['--from', alice.address, '--to', bob.address, '--data', `@${file}`, ...more])

const swaksSignIn = (mechanism: string): string[] => [
  '--auth',
  mechanism,
  '--auth-user',
  alice.address,
  '--auth-password',
  alice.code,
  '--server',
  '127.0.0.1',
]

const curl = (port: number, scheme: string, ...more: string[]): Promise<Ran> =>
  run('curl', [
    '-sS',
    '-k',
    `${scheme}://127.0.0.1:${port}/client.test`,
    '--mail-from',
    alice.address,
    '--mail-rcpt',
    bob.address,
    '--user',
    `${alice.address}:${alice.code}`,
    '--upload-file',
    file,
    ...more,
  ])

const msmtp = (...more: string[]): Promise<Ran> =>
  run(
    'msmtp',
    [
      '--host=127.0.0.1',
      '--tls-certcheck=off',
      '--auth=plain',
      `--user=${alice.address}`,
      `--passwordeval=echo ${alice.code}`,
      `--from=${alice.address}`,
      ...more,
      bob.address,
    ],
    message,
  )

/** smtplib speaks with the local end of line; the message goes as bytes. */
const smtplib = (lines: readonly string[]): Promise<Ran> =>
  run('python3', ['-c', lines.join('\n'), alice.address, alice.code, bob.address, file])

const senders: readonly Sender[] = [
  {
    name: 'swaks to the MX, no sign-in',
    program: 'swaks',
    send: () => swaks('--server', '127.0.0.1', '--port', `${host.port('smtp')}`),
  },
  {
    name: 'swaks, AUTH LOGIN in clear',
    program: 'swaks',
    send: () => swaks(...swaksSignIn('LOGIN'), '--port', `${host.port('submission')}`),
  },
  {
    name: 'swaks, AUTH PLAIN after STARTTLS',
    program: 'swaks',
    sealed: true,
    send: () => swaks(...swaksSignIn('PLAIN'), '--tls', '--port', `${host.port('submission')}`),
  },
  {
    name: 'swaks, AUTH PLAIN, pipelined',
    program: 'swaks',
    send: () => swaks(...swaksSignIn('PLAIN'), '--pipeline', '--port', `${host.port('submission')}`),
  },
  {
    name: 'swaks, TLS from the first byte',
    program: 'swaks',
    sealed: true,
    send: () => swaks(...swaksSignIn('LOGIN'), '--tlsc', '--port', `${host.port('submissions')}`),
  },
  {
    name: 'smtplib, HELO then AUTH LOGIN step by step',
    program: 'python3',
    send: () =>
      smtplib([
        'import smtplib, sys, base64',
        'user, code, to, path = sys.argv[1:]',
        `s = smtplib.SMTP("127.0.0.1", ${host.port('submission')}); s.helo()`,
        'e = lambda text: base64.b64encode(text.encode()).decode()',
        'assert s.docmd("auth login")[0] == 334 and s.docmd(e(user))[0] == 334 and s.docmd(e(code))[0] == 235',
        's.sendmail(user, [to], open(path, "rb").read()); s.quit()',
      ]),
  },
  {
    name: 'curl, AUTH PLAIN after STARTTLS',
    program: 'curl',
    send: () => curl(host.port('submission'), 'smtp', '--ssl-reqd'),
  },
  {
    name: 'curl, AUTH LOGIN in clear',
    program: 'curl',
    send: () => curl(host.port('submission'), 'smtp', '--login-options', 'AUTH=LOGIN'),
  },
  { name: 'curl, smtps', program: 'curl', send: () => curl(host.port('submissions'), 'smtps') },
  {
    name: 'msmtp, STARTTLS',
    program: 'msmtp',
    send: () => msmtp(`--port=${host.port('submission')}`, '--tls=on', '--tls-starttls=on'),
  },
  {
    name: 'msmtp, TLS from the first byte',
    program: 'msmtp',
    send: () => msmtp(`--port=${host.port('submissions')}`, '--tls=on', '--tls-starttls=off'),
  },
  {
    name: 'smtplib, STARTTLS, the mechanism it likes best',
    program: 'python3',
    send: () =>
      smtplib([
        'import smtplib, ssl, sys',
        'user, code, to, path = sys.argv[1:]',
        `s = smtplib.SMTP("127.0.0.1", ${host.port('submission')})`,
        'c = ssl.create_default_context(); c.check_hostname = False; c.verify_mode = ssl.CERT_NONE',
        's.starttls(context=c); s.login(user, code)',
        's.sendmail(user, [to], open(path, "rb").read(), mail_options=["BODY=8BITMIME"]); s.quit()',
      ]),
  },
]

function skipOf(sender: Sender): false | string {
  return sender.program === 'swaks' && sender.sealed ? missingSwaksTls() : missing(sender.program)
}

async function nextMessage(): Promise<Buffer> {
  fetched++
  return fetchWithCurl(host, bob, fetched)
}

describe('strangers send to Postglass', { skip: missing('curl') }, () => {
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'postglass-peers-'))
    file = join(folder, 'message.eml')
    writeFileSync(file, message)
    host = await startHost()
    alice = await host.account('alice')
    bob = await host.account('bob')
  })
  after(async () => {
    assert.equal(await host.stop(), 0)
    rmSync(folder, { recursive: true, force: true })
  })

  for (const sender of senders) {
    it(sender.name, { skip: skipOf(sender) }, async () => {
      const ran = await sender.send()
      assert.equal(ran.code, 0, `${ran.stdout.toString()}${ran.stderr}${host.log()}`)
      // swaks ends what it is given with an empty line of its own
      const sent = sender.program === 'swaks' ? Buffer.concat([message, Buffer.from('\r\n')]) : message
      const { trace, same } = splitTrace(await nextMessage(), sent)
      assert.ok(same, 'the bytes that were sent are the bytes that are fetched')
      assert.match(trace, /^Return-Path: <alice@north\.test>\r\nReceived: from /)
      assert.match(trace, /\r\n$/)
    })
  }

  it('nodemailer, STARTTLS, HTML and a 20 MB attachment', async () => {
    const attachment = Buffer.alloc(20 * 1024 * 1024)
    for (let i = 0; i < attachment.length; i += 4) attachment.writeUInt32LE((i * 2654435761) >>> 0, i)
    const transport = nodemailer.createTransport({
      host: '127.0.0.1',
      port: host.port('submission'),
      requireTLS: true,
      tls: { rejectUnauthorized: false },
      auth: { user: alice.address, pass: alice.code },
    })
    await transport.sendMail({
      from: alice.address,
      to: bob.address,
      subject: '大附件',
      html: '<p>attached</p>',
      attachments: [{ filename: 'twenty.bin', content: attachment }],
    })
    transport.close()
    const stored = await nextMessage()
    const path = join(folder, 'fetched.eml')
    writeFileSync(path, stored)
    const told = JSON.parse((await postglass(['message', path, '--json'])).stdout.toString()) as {
      subject: string
      attachments: { filename: string; size: number; sha256: string }[]
    }
    assert.equal(told.subject, '大附件')
    assert.deepEqual(
      told.attachments.map(({ filename, size, sha256 }) => ({ filename, size, sha256 })),
      [
        {
          filename: 'twenty.bin',
          size: attachment.length,
          sha256: createHash('sha256').update(attachment).digest('hex'),
        },
      ],
    )
  })

  it('smtplib, SMTPUTF8 with a Chinese subject and address', { skip: missing('python3') }, async () => {
    await host.postglass(['account', 'add', '李雷@north.test', '--password-stdin'], 'a long password of 李雷\n')
    const added = await host.postglass(['code', 'add', '李雷@north.test', '--label', 'x', '--scope', 'pop3', '--json'])
    assert.equal(added.code, 0, added.stderr)
    const li: Account = {
      address: '李雷@north.test',
      code: (JSON.parse(added.stdout.toString()) as { code: string }).code,
    }
    const ran = await smtplib([
      'import smtplib, sys',
      'from email.message import EmailMessage',
      'from email.policy import SMTPUTF8',
      'user, code, to, path = sys.argv[1:]',
      'm = EmailMessage(policy=SMTPUTF8)',
      'm["From"] = user; m["To"] = "李雷@north.test"; m["Subject"] = "你好，李雷"',
      'm.set_content("正文\\n")',
      `s = smtplib.SMTP("127.0.0.1", ${host.port('submission')})`,
      's.login(user, code)',
      's.send_message(m); s.quit()',
    ])
    assert.equal(ran.code, 0, ran.stderr)
    const stored = (await fetchWithCurl(host, li, 1)).toString()
    assert.match(stored, /Subject: 你好，李雷\r\n/)
    assert.match(stored, /with UTF8SMTPA\s+id /) // RFC 6531 §4.3
  })

  it('keeps the account password out of mail clients', { skip: missing('swaks') }, async () => {
    const ran = await run('swaks', [
      '--server',
      '127.0.0.1',
      '--port',
      `${host.port('submission')}`,
      '--from',
      alice.address,
      '--to',
      bob.address,
      '--auth',
      'PLAIN',
      '--auth-user',
      alice.address,
      '--auth-password',
      'the account password of alice',
    ])
    assert.match(ran.stdout.toString(), /535 5\.7\.8/)
    assert.doesNotMatch(host.log(), /account password of alice/)
  })

  it('refuses to relay for a stranger', { skip: missing('swaks') }, async () => {
    const ran = await run('swaks', [
      '--server',
      '127.0.0.1',
      '--port',
      `${host.port('smtp')}`,
      '--from',
      'x@elsewhere.example',
      '--to',
      'y@elsewhere.example',
    ])
    assert.match(ran.stdout.toString(), /550 5\.7\.1/)
  })
})
