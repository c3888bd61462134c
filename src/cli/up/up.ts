/**
 * `up`: the mail host. Opens everything or nothing, says where it listens, serves until it is told to stop.
 * One writer: the store stays open here, and other commands ask through the control socket.
 */
import { existsSync, readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { dirname, resolve } from 'node:path'
import type { ConnectionSummary, ListenerAddress } from '../../server/contract.ts'
import { NetError } from '../../net/errors.ts'
import type { Listening } from '../../net/listen.ts'
import type { MailStore } from '../../store/contract.ts'
import { defaultConfig, readConfig } from '../config/config.ts'
import type { Config } from '../config/config.ts'
import { serveControl } from '../control/serve.ts'
import { faultOf } from '../control/trouble.ts'
import { Fault } from '../fault.ts'
import { readingFaultOf } from '../files.ts'
import type { Session } from '../session.ts'
import { dataFolder } from '../verbs/reach.ts'
import { version } from '../version.ts'
import { hostCertificates } from './certificates.ts'
import type { HostCertificates } from './certificates.ts'
import { Connections } from './connections.ts'
import { prepareDomain, preparePeople } from './demo.ts'
import { chosenListeners, listenDocument, placeOf, publicListener, refusePublicTest } from './listeners.ts'
import { openLog } from './log.ts'
import type { Log } from './log.ts'
import { openData } from './open-data.ts'
import { serve } from './serve.ts'
import { demonstrate, peopleDocument, showLive, showScreen } from './show.ts'

export interface UpOptions {
  readonly config?: string
  readonly data?: string
  readonly listen?: readonly ListenerAddress[]
  readonly shift?: number
  readonly record?: readonly string[]
  readonly demo?: boolean
}

/** What has been opened, in the order in which it is closed again. */
type Closing = (() => Promise<void> | void)[]

export async function up(session: Session, options: UpOptions): Promise<void> {
  const closing: Closing = []
  const stop = stopSignal(session)
  try {
    const host = await openHost(session, options, closing)
    await host.greet()
    if (host.demo !== undefined) await host.demo()
    await stop.asked
  } finally {
    for (const close of closing.toReversed()) await close()
    stop.forget()
  }
}

/** Resolves at the first signal; a second one ends the process at once. */
function stopSignal(session: Session): { asked: Promise<void>; forget: () => void } {
  let forget = (): void => {}
  const asked = new Promise<void>((stop) => {
    let count = 0
    forget = session.world.onStop(() => {
      count++
      if (count > 1) process.exit(0)
      stop()
    })
  })
  return { asked, forget }
}

interface OpenedHost {
  /** Says where it listens. */
  readonly greet: () => Promise<void>
  readonly demo: (() => Promise<void>) | undefined
}

async function openHost(session: Session, options: UpOptions, closing: Closing): Promise<OpenedHost> {
  const read = readConfigFile(session, options.config)
  const data = dataFolder(session, options.data)
  try {
    return await openOn(session, data, { ...options, ...read }, closing)
  } catch (thrown) {
    throw faultOf(thrown, data)
  }
}

type Chosen = Omit<UpOptions, 'config' | 'data'> & { readonly config: Config; readonly folder: string }

async function openOn(session: Session, data: string, options: Chosen, closing: Closing): Promise<OpenedHost> {
  const { config, folder } = options
  const listeners = chosenListeners(options.listen, options.shift)
  const store = await openData(session.world, data, { keepHours: config.keepHours })
  closing.push(() => store.close())
  if (options.demo === true) await prepareDomain(store)
  refusePublicTest(store.directory.domains(), listeners, config.testPublic)

  const log = openLog(session)
  const name = config.name ?? hostName(store)
  const certificates = await certificatesOf(session, { data, folder, config, name, log })
  closing.push(certificates.close)
  const connections = new Connections()
  const onConnection = (summary: ConnectionSummary): void => connections.ended(summary)
  const recorded = options.record
  const mail = await serve({ config, listeners, data, store, certificates, name, log, recorded, onConnection })
  closing.push(() => mail.close())
  // Only a host that really runs takes the codes of the former demonstration away.
  const people = options.demo === true ? await preparePeople(store) : undefined
  const isPublic = publicListener(listeners)
  const control = await controlOf(session, {
    data,
    store,
    publicListener: config.testPublic || isPublic === undefined ? undefined : placeOf(isPublic),
    log,
  })
  closing.push(() => control.close())
  const greet = (): Promise<void> =>
    session.json
      ? session.document({
          listen: listenDocument(mail.listening),
          data,
          version,
          ...(people === undefined ? {} : { demo: peopleDocument(people) }),
        })
      : showScreen(session, { data, store, certificates, mail, isPublic: isPublic !== undefined, people })
  connections.show = session.json ? undefined : (summary) => showLive(session, summary)
  return {
    greet,
    demo: people === undefined ? undefined : () => demonstrate(session, store, mail, connections, people),
  }
}

/** The socket for other commands. */
async function controlOf(
  session: Session,
  how: { data: string; store: MailStore; publicListener: string | undefined; log: Log },
): Promise<Listening> {
  const { data, store, publicListener, log } = how
  const now = (): Date => session.world.now()
  try {
    return await serveControl({
      data,
      version,
      hands: { store, now, publicListener },
      onRequest: (verb) =>
        log({ time: now(), level: 'info', event: 'command', text: `performed ${verb}`, fields: { verb } }),
    })
  } catch (thrown) {
    if (thrown instanceof NetError && thrown.code === 'path-too-long')
      throw new Fault('data-path-long', { data }, { cause: thrown })
    throw thrown
  }
}

function readConfigFile(session: Session, named: string | undefined): { config: Config; folder: string } {
  const path = resolve(session.world.folder, named ?? 'postglass.toml')
  if (named === undefined && !existsSync(path)) return { config: defaultConfig, folder: session.world.folder }
  const file = named ?? 'postglass.toml'
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (thrown) {
    throw readingFaultOf(file, thrown)
  }
  return { config: readConfig(text, file), folder: dirname(path) }
}

/** `mail.` and the first domain that is served; without one the machine's own name. */
function hostName(store: MailStore): string {
  const [domain] = store.directory.domains()
  return domain === undefined ? hostname().toLowerCase() : `mail.${domain.name}`
}

async function certificatesOf(
  session: Session,
  how: { data: string; folder: string; config: Config; name: string; log: Log },
): Promise<HostCertificates> {
  const { data, folder, config, name, log } = how
  return hostCertificates({
    data,
    folder,
    files: config.tls,
    name,
    now: session.world.now(),
    told: (taken, text) =>
      log({ time: session.world.now(), level: taken ? 'info' : 'warn', event: 'certificates', text, fields: {} }),
  })
}
