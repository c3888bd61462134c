import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import { makeCertificate, readCertificate } from '../../net/certificate.ts'
import { inFolder } from '../world.test-support.ts'
import { makeFolder, readIfThere } from './folder.ts'
import { hostCertificates } from './certificates.ts'

const now = new Date('2026-11-24T10:00:00Z')
const day = 86_400_000

async function selfSigned(data: string, name: string, at: Date): Promise<{ kind: string; fingerprint: string }> {
  const { kind } = await hostCertificates({ data, folder: data, files: new Map(), name, now: at, told: () => {} })
  const pem = readIfThere(join(data, 'tls/certificate.pem')) ?? ''
  return { kind, fingerprint: readCertificate(pem)?.fingerprint ?? '' }
}

void test('a self-signed certificate is kept, made anew for another name, and before it ends', async () => {
  await inFolder(async (folder) => {
    makeFolder(folder)
    const first = await selfSigned(folder, 'mail.a.test', now)
    assert.equal(first.kind, 'made')
    assert.deepEqual(await selfSigned(folder, 'mail.a.test', now), { ...first, kind: 'kept' })
    const renamed = await selfSigned(folder, 'mail.b.test', now)
    assert.equal(renamed.kind, 'made')
    assert.equal((await selfSigned(folder, 'mail.b.test', new Date(now.getTime() + 700 * day))).kind, 'kept')
    assert.equal((await selfSigned(folder, 'mail.b.test', new Date(now.getTime() + 800 * day))).kind, 'made')
  })
})

void test('changed files are taken; a pair that does not fit keeps the old one', async () => {
  await inFolder(async (folder) => {
    const write = async (): Promise<{ certificate: string; key: string }> => {
      const pair = await makeCertificate({ names: ['a.test'], now })
      writeFileSync(join(folder, 'c.pem'), pair.certificate)
      writeFileSync(join(folder, 'k.pem'), pair.key)
      return pair
    }
    await write()
    const told: boolean[] = []
    const host = await hostCertificates({
      data: folder,
      folder,
      files: new Map([['a.test', { certificate: 'c.pem', key: 'k.pem' }]]),
      name: 'a.test',
      now,
      told: (taken) => told.push(taken),
    })
    try {
      const before = host.certificates.context('a.test', true)
      const other = await makeCertificate({ names: ['a.test'], now })
      writeFileSync(join(folder, 'k.pem'), other.key)
      await host.reload()
      assert.equal(host.certificates.context('a.test', true), before)
      await write()
      await host.reload()
      assert.notEqual(host.certificates.context('a.test', true), before)
      assert.deepEqual(told, [false, true])
    } finally {
      host.close()
    }
  })
})
