/** Strangers' programs fetch by POP3 what lies in a Postglass; and tshark reads what a story exports. */
import assert from 'node:assert/strict'
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import nodemailer from 'nodemailer'
import { fetchWithCurl, missing, run, startHost, type Account, type Host } from './host.test-support.ts'

const texts = ['one line\r\n', '.dot\r\n..two\r\n.\r\n\r\nend\r\n', `${'x'.repeat(990)}\r\n量子\r\n`]

const messages = texts.map((text, index) =>
  Buffer.from(
    `From: alice@north.test\r\nTo: bob@north.test\r\nSubject: number ${index + 1}\r\nDate: Tue, 24 Nov 2026 10:00:0${index} +0000\r\nMessage-ID: <${index}@north.test>\r\n\r\n${text}`,
  ),
)

let host: Host
let bob: Account
let folder: string
let stored: Buffer[]

const withoutCr = (bytes: Buffer): string => bytes.toString('latin1').replaceAll('\r\n', '\n')

describe('strangers fetch from Postglass', { skip: missing('curl') }, () => {
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'postglass-peers-'))
    host = await startHost()
    const alice = await host.account('alice')
    bob = await host.account('bob')
    const transport = nodemailer.createTransport({
      host: '127.0.0.1',
      port: host.port('submissions'),
      secure: true,
      tls: { rejectUnauthorized: false },
      auth: { user: alice.address, pass: alice.code },
    })
    for (const raw of messages) await transport.sendMail({ envelope: { from: alice.address, to: bob.address }, raw })
    transport.close()
    stored = []
    for (const number of messages.keys()) stored.push(await fetchWithCurl(host, bob, number + 1))
  })
  after(async () => {
    assert.equal(await host.stop(), 0)
    rmSync(folder, { recursive: true, force: true })
  })

  it('curl gets the trace fields and then the bytes that were sent', () => {
    for (const [index, sent] of messages.entries()) {
      assert.ok(stored[index]!.subarray(-sent.length).equals(sent), `message ${index + 1}`)
      assert.match(
        stored[index]!.subarray(0, -sent.length).toString(),
        /^Return-Path: .*\r\nReceived: (.*\r\n[ \t]+)*.*\r\n$/,
      )
    }
  })

  it('curl over pop3s and with STLS gets the same', async () => {
    const user = ['--user', `${bob.address}:${bob.code}`, '-k', '-sS']
    const sealed = await run('curl', [...user, `pop3s://127.0.0.1:${host.port('pop3s')}/2`])
    const upgraded = await run('curl', [...user, '--ssl-reqd', `pop3://127.0.0.1:${host.port('pop3')}/2`])
    assert.ok(sealed.stdout.equals(stored[1]!), sealed.stderr)
    assert.ok(upgraded.stdout.equals(stored[1]!), upgraded.stderr)
  })

  it('poplib: STAT, LIST, UIDL, TOP and every octet', { skip: missing('python3') }, async () => {
    const script = [
      'import poplib, sys, json, base64',
      'poplib._MAXLINE = 4096',
      `p = poplib.POP3("127.0.0.1", ${host.port('pop3')})`,
      'p.user(sys.argv[1]); p.pass_(sys.argv[2])',
      'n, size = p.stat()',
      'whole = [b"".join(l + b"\\r\\n" for l in p.retr(i + 1)[1]) for i in range(n)]',
      'sizes = [int(l.split()[1]) for l in p.list()[1]]',
      'uidl = [l.split()[1].decode() for l in p.uidl()[1]]',
      'top = b"".join(l + b"\\r\\n" for l in p.top(1, 0)[1])',
      'p.quit()',
      'print(json.dumps({"n": n, "size": size, "sizes": sizes, "uidl": uidl, "top": top.decode(), "whole": [base64.b64encode(w).decode() for w in whole]}))',
    ].join('\n')
    const ran = await run('python3', ['-c', script, bob.address, bob.code])
    assert.equal(ran.code, 0, ran.stderr)
    const told = JSON.parse(ran.stdout.toString()) as {
      n: number
      size: number
      sizes: number[]
      uidl: string[]
      top: string
      whole: string[]
    }
    assert.equal(told.n, messages.length)
    assert.deepEqual(
      told.sizes,
      stored.map((bytes) => bytes.length),
    )
    assert.equal(
      told.size,
      told.sizes.reduce((sum, size) => sum + size, 0),
    )
    assert.equal(new Set(told.uidl).size, messages.length)
    assert.deepEqual(
      told.whole.map((text) => Buffer.from(text, 'base64').toString('latin1')),
      stored.map((bytes) => bytes.toString('latin1')),
    )
    assert.ok(told.top.endsWith('\r\n\r\n'))
  })

  it('fetchmail hands over every message', { skip: missing('fetchmail') }, async () => {
    const out = join(folder, 'fetchmail.mbox')
    const rc = join(folder, 'fetchmailrc')
    writeFileSync(
      rc,
      [
        'set invisible',
        `poll 127.0.0.1 protocol pop3 port ${host.port('pop3')} auth password:`,
        `  user "${bob.address}" password "${bob.code}" sslproto "" keep fetchall no rewrite`,
        `  mda "cat >> ${out}; printf '\\n%%%%end\\n' >> ${out}"`,
      ].join('\n'),
    )
    chmodSync(rc, 0o600)
    const ran = await run('fetchmail', [
      '-f',
      rc,
      '--nodetach',
      '--nosyslog',
      '--pidfile',
      join(folder, 'fetchmail.pid'),
    ])
    assert.equal(ran.code, 0, `${ran.stdout.toString()}${ran.stderr}`)
    const got = readFileSync(out, 'latin1')
    for (const sent of messages) assert.ok(got.includes(withoutCr(sent)), 'fetchmail got what was sent')
  })

  it('getmail hands over every message, once', { skip: missing('getmail') }, async () => {
    const own = mkdtempSync(join(tmpdir(), 'postglass-getmail-'))
    const maildir = join(own, 'Maildir')
    for (const name of ['new', 'cur', 'tmp']) mkdirSync(join(maildir, name), { recursive: true })
    const rc = join(own, 'getmailrc')
    writeFileSync(
      rc,
      [
        '[retriever]',
        'type = SimplePOP3Retriever',
        'server = 127.0.0.1',
        `port = ${host.port('pop3')}`,
        `username = ${bob.address}`,
        `password = ${bob.code}`,
        '[destination]',
        'type = Maildir',
        `path = ${maildir}/`,
        '[options]',
        'read_all = false',
        'delivered_to = false',
        'received = false',
        '',
      ].join('\n'),
    )
    chmodSync(rc, 0o600)
    // getmail delivers nothing as root
    const nobody = process.getuid?.() === 0 ? 65534 : undefined
    if (nobody !== undefined)
      for (const path of [own, maildir, rc, ...['new', 'cur', 'tmp'].map((name) => join(maildir, name))])
        chownSync(path, nobody, nobody)
    for (const time of ['first', 'second']) {
      const ran = await run('getmail', [`--getmaildir=${own}`, `--rcfile=${rc}`], '', nobody)
      assert.equal(ran.code, 0, `${time}: ${ran.stdout.toString()}${ran.stderr}`)
    }
    const got = readdirSync(join(maildir, 'new')).map((name) => readFileSync(join(maildir, 'new', name), 'latin1'))
    assert.equal(got.length, messages.length, 'UIDL is the same on the second call, so nothing comes twice')
    for (const sent of messages) assert.ok(got.some((text) => text.includes(withoutCr(sent))))
    rmSync(own, { recursive: true })
  })

  it('a wrong code is refused and not told apart from an unknown name', { skip: missing('curl') }, async () => {
    const url = `pop3://127.0.0.1:${host.port('pop3')}/1`
    const wrong = await run('curl', ['-sS', '--user', `${bob.address}:abcdabcdabcdabcd`, url])
    const unknown = await run('curl', ['-sS', '--user', 'nobody@north.test:abcdabcdabcdabcd', url])
    assert.equal(wrong.code, 67)
    assert.equal(unknown.code, 67)
  })

  it('every exported story opens in tshark without an expert warning', { skip: missing('tshark') }, async () => {
    const listed = await host.postglass(['story', 'list', '--json'])
    assert.equal(listed.code, 0, listed.stderr)
    const stories = listed.stdout
      .toString()
      .trim()
      .split('\n')
      .map(
        (line) =>
          JSON.parse(line) as { id: string; kind: string; protocol: string; recorded: boolean; account?: string },
      )
    const plain = stories.filter((story) => story.kind === 'connection' && story.protocol === 'pop3')
    let exported = 0
    for (const story of plain) {
      const path = join(folder, `${story.id}.pcapng`)
      const ran = await host.postglass(['story', 'export', story.id, path])
      if (ran.code !== 0) {
        assert.match(ran.stderr, /TLS/, 'only a conversation inside TLS is refused')
        continue
      }
      exported++
      const expert = await run('tshark', ['-r', path, '-q', '-z', 'expert,warn'])
      assert.doesNotMatch(expert.stdout.toString(), /Errors|Warns/, expert.stdout.toString())
      const follow = await run('tshark', [
        '-r',
        path,
        '-d',
        `tcp.port==${host.port('pop3')},pop`,
        '-Y',
        'pop',
        '-T',
        'fields',
        '-e',
        'pop.request.command',
      ])
      assert.match(follow.stdout.toString(), /QUIT|CAPA|USER|AUTH/)
      assert.ok(!readFileSync(path).includes(bob.code), 'no code in the file')
    }
    assert.ok(exported > 0, 'at least one plaintext story was exported')
  })
})
