/** A server that follows a script: says its lines, and takes each C: line only as it is written there. */
import { createServer, type Server, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'

export interface Scripted {
  readonly port: number
  /** What the client did otherwise than the script; empty when all went by it. */
  readonly faults: readonly string[]
  close(): Promise<void>
}

/** Lines `S: text` and `C: text`; several S: lines in a row are one write. `S: !close` hangs up. */
export async function scriptedServer(script: readonly string[]): Promise<Scripted> {
  const faults: string[] = []
  const sockets = new Set<Socket>()
  const server: Server = createServer((socket) => {
    sockets.add(socket)
    let at = 0
    let text = ''
    const speak = (): void => {
      let out = ''
      let hangUp = false
      for (; script[at]?.startsWith('S: '); at++) {
        const line = script[at]?.slice(3) ?? ''
        if (line === '!close') hangUp = true
        else out += `${line}\r\n`
      }
      if (out !== '') socket.write(out)
      if (hangUp) socket.destroySoon()
    }
    socket.on('error', () => {})
    socket.on('data', (bytes) => {
      text += bytes.toString('latin1')
      for (let end = text.indexOf('\r\n'); end >= 0; end = text.indexOf('\r\n')) {
        const line = text.slice(0, end)
        text = text.slice(end + 2)
        const wanted = script[at++]
        if (wanted !== `C: ${line}`) faults.push(`expected ${wanted}, got C: ${line}`)
        if (!script[at]?.startsWith('C: ')) speak()
      }
    })
    speak()
  })
  await new Promise<void>((done) => {
    server.listen(0, '127.0.0.1', done)
  })
  return {
    port: (server.address() as AddressInfo).port,
    faults,
    close: () =>
      new Promise((done) => {
        for (const socket of sockets) socket.destroy()
        server.close(() => done())
      }),
  }
}
