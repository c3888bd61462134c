/**
 * The Debian packages whose programs the tests talk to. As root on Debian they are installed (nothing is removed, no
 * service is started); elsewhere, or where one cannot be had, the suites that need it are skipped by name.
 */
import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { has, run } from './setup.js'

/** Program -> package. Mail servers stand alone: they conflict with each other and with a user's own. */
const wanted = [
  ['swaks', 'swaks'],
  ['curl', 'curl'],
  ['msmtp', 'msmtp'],
  ['fetchmail', 'fetchmail'],
  ['getmail', 'getmail6'],
  ['tshark', 'tshark'],
  ['openssl', 'openssl'],
  ['python3', 'python3'],
]
/** Perl module -> package: swaks speaks TLS only with it. */
const wantedModules = [['Net::SSLeay', 'libnet-ssleay-perl']]
const servers = [['postfix', 'postfix']]

function isDebian() {
  try {
    return /^ID(_LIKE)?=.*debian/m.test(readFileSync('/etc/os-release', 'utf8'))
  } catch {
    return false
  }
}

const policy = '/usr/sbin/policy-rc.d'

/** While packages install, Debian's own switch keeps their services from starting (invoke-rc.d asks it). */
async function withoutServices(work) {
  if (existsSync(policy)) return work()
  writeFileSync(policy, '#!/bin/sh\nexit 101\n')
  chmodSync(policy, 0o755)
  try {
    return await work()
  } finally {
    rmSync(policy, { force: true })
  }
}

const apt = (...args) =>
  run('apt-get', ['-o', 'DPkg::Lock::Timeout=300', '-o', 'Acquire::Retries=3', '-q', ...args], {
    spawn: { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } },
  })

/** Installs what is missing; returns a sentence for each package that could not be had. */
export async function installPeers() {
  const missing = [
    ...wanted.filter(([program]) => !has(program)),
    ...wantedModules.filter(([module]) => spawnSync('perl', [`-M${module}`, '-e1']).status !== 0),
  ].map(([, name]) => name)
  const missingServers = servers.filter(([program]) => !has(program)).map(([, name]) => name)
  const all = [...missing, ...missingServers]
  if (all.length === 0) return []
  if (!isDebian())
    return [`${all.join(', ')}: not installed, and this is no Debian; the suites that need them are skipped`]
  if (process.getuid?.() !== 0)
    return [`${all.join(', ')}: not installed, and only root may; the suites that need them are skipped`]
  process.stdout.write(`Installing the programs that tests talk to: ${all.join(', ')} ...\n`)
  return withoutServices(async () => {
    const notes = []
    const update = await apt('update')
    if (update.code !== 0) notes.push('the package lists could not be fetched (the network, not a test)')
    const install = (names) => apt('install', '-y', '--no-remove', '--no-install-recommends', ...names)
    if (missing.length > 0 && (await install(missing)).code !== 0) {
      // One that cannot be had must not take the others with it.
      for (const name of missing)
        if ((await install([name])).code !== 0) notes.push(`${name} could not be installed; its suites are skipped`)
    }
    for (const name of missingServers) {
      if ((await install([name])).code !== 0) notes.push(`${name} could not be installed; its suites are skipped`)
    }
    return notes
  })
}
