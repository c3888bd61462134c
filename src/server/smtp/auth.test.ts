import test from 'node:test'
import assert from 'node:assert/strict'
import { makeToken, tokenRecord } from '../../access/code.ts'
import { saslClient } from '../../wire/sasl/client.ts'
import { Secret } from '../../wire/talk.ts'
import { base64, house, plain, settled, smtp, talk } from '../house.test-support.ts'

type Rows = readonly (readonly [string, string | RegExp])[]

const hello = [['EHLO client.example', /^250-mail\.north\.test\r\n/]] as const

void test('AUTH: every way in', async () => {
  const all = await house()
  const { alice } = all.codes
  const user = base64('alice@north.test')
  const ways: readonly Rows[] = [
    [[`AUTH PLAIN ${plain('alice@north.test', alice)}`, '235 2.7.0']],
    [
      [`AUTH PLAIN`, '334 \r\n'],
      [plain('alice@north.test', alice), '235 2.7.0'],
    ],
    [[`auth  plain  ${plain('alice@north.test', alice)}`, '235 2.7.0']],
    [
      ['AUTH LOGIN', '334 VXNlcm5hbWU6'],
      [user, '334 UGFzc3dvcmQ6'],
      [base64(alice), '235 2.7.0'],
    ],
    [
      [`AUTH LOGIN ${user}`, '334 UGFzc3dvcmQ6'],
      [base64(alice.toUpperCase()), '235 2.7.0'],
    ],
  ]
  for (const greet of ['EHLO client.example', 'HELO client.example'])
    for (const way of ways) {
      const line = await smtp(all, 'submission')
      await talk(line, [[greet, '250'], ...way, ['AUTH LOGIN', '503 5.5.1'], ['MAIL FROM:<alice@north.test>', '250']])
    }
})

void test('AUTH: SCRAM and a token', async () => {
  const all = await house()
  const { alice } = all
  const token = makeToken()
  await all.store.directory.addCode({
    account: alice.id,
    label: 'token',
    scope: ['smtp'],
    expires: undefined,
    ...tokenRecord(token),
  })
  await talk(await smtp(all, 'submission'), [
    ...hello,
    [`AUTH XOAUTH2 ${base64(`user=alice@north.test\x01auth=Bearer ${token.reveal()}\x01\x01`)}`, '235 2.7.0'],
  ])
  for (const mechanism of ['SCRAM-SHA-1', 'SCRAM-SHA-256'] as const)
    for (const [code, last] of [
      [all.codes.alice, '235 2.7.0'],
      ['abcdefghijklmnop', '535 5.7.8'],
    ] as const) {
      const line = await smtp(all, 'submission')
      const client = saslClient(mechanism, {
        user: 'alice@north.test',
        secret: new Secret(code),
        nonce: 'client-nonce',
      })
      await talk(line, hello)
      line.send(`AUTH ${mechanism} ${Buffer.from(client.start() ?? []).toString('base64')}\r\n`)
      for (let turn = 0; turn < 3; turn++) {
        await settled()
        const heard = line.take()
        if (!heard.startsWith('334 ')) {
          assert.ok(heard.startsWith(last), heard)
          break
        }
        const answer = client.answer(Buffer.from(heard.slice(4).trim(), 'base64'))
        assert.ok(answer instanceof Uint8Array)
        line.send(`${Buffer.from(answer).toString('base64')}\r\n`)
      }
    }
})

void test('AUTH: every way out', async () => {
  const all = await house({
    limits: { failedSignIns: 100, errors: 100 },
    access: { limits: { failuresPerAccount: 100 } },
  })
  const line = await smtp(all, 'submission')
  await talk(line, [
    ['AUTH LOGIN', '503 5.5.1'],
    ...hello,
    ['MAIL FROM:<alice@north.test>', '530 5.7.0'],
    ['AUTH', '501 5.5.4'],
    ['AUTH CRAM-MD5', '504 5.5.4'],
    ['AUTH NTLM', '504 5.5.4'],
    [`AUTH PLAIN ${plain('alice@north.test', 'wrong')}`, '535 5.7.8'],
    [`AUTH PLAIN ${base64(`bob@north.test\0alice@north.test\0${all.codes.alice}`)}`, '535 5.7.8'],
    ['AUTH PLAIN ===', '501 5.5.2'],
    [`AUTH PLAIN ${base64('no nul')}`, '501 5.5.2'],
    ['AUTH LOGIN', '334'],
    ['*', '501 5.7.0'],
    ['AUTH LOGIN', '334'],
    ['%%%', '501 5.5.2'],
    [`AUTH XOAUTH2 ${base64('user=alice@north.test\x01auth=Bearer nonsense\x01\x01')}`, '334 eyJ'],
    ['', '535 5.7.8'],
    ['RSET', '250'],
  ])
})

void test('in clear a real account hears 538 after the name, before the password', async () => {
  const all = await house({ modes: { 'north.test': 'lab', 'real.example': 'production' } })
  const line = await smtp(all, 'submission', '192.0.2.7')
  await talk(line, [
    ['EHLO client.example', /^(?!.*PLAIN)(?=.*AUTH SCRAM-SHA-256 SCRAM-SHA-1 LOGIN\r\n).*AUTH=LOGIN\r\n/s],
    [`AUTH PLAIN ${plain('alice@north.test', all.codes.alice)}`, '538 5.7.11'],
    ['AUTH LOGIN', '334 VXNlcm5hbWU6'],
    [base64('someone@real.example'), '538 5.7.11'],
    ['AUTH LOGIN', '334 VXNlcm5hbWU6'],
    [base64('alice@north.test'), '334 UGFzc3dvcmQ6'],
    [base64(all.codes.alice), '235'],
  ])
  const real = await house({ modes: { 'real.example': 'production' } })
  await talk(await smtp(real, 'submission', '192.0.2.7'), [
    ['EHLO client.example', /^(?!.*AUTH)250-/s],
    ['AUTH LOGIN', '538 5.7.11'],
  ])
})
