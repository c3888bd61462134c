/** Who holds a port: the process that listens there, where the system tells (Linux, own processes or root). */
import { readFileSync, readdirSync, readlinkSync } from 'node:fs'
import { basename } from 'node:path'

/** Lines of `/proc/net/tcp`: a listening socket is in state 0A; the tenth field is its inode. */
const listening = '0A'

function inodesOn(port: number): ReadonlySet<string> {
  const hex = port.toString(16).toUpperCase().padStart(4, '0')
  const inodes = new Set<string>()
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    for (const line of read(table).split('\n').slice(1)) {
      const fields = line.trim().split(/\s+/)
      if (fields[1]?.endsWith(`:${hex}`) === true && fields[3] === listening && fields[9] !== undefined)
        inodes.add(fields[9])
    }
  }
  return inodes
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

function names(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function holds(process: string, inodes: ReadonlySet<string>): boolean {
  return names(`/proc/${process}/fd`).some((fd) => {
    try {
      const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${process}/fd/${fd}`))?.[1]
      return inode !== undefined && inodes.has(inode)
    } catch {
      return false
    }
  })
}

/** `process 4117, node`; empty where it cannot be told. */
export function portHolder(port: number): string {
  const inodes = inodesOn(port)
  if (inodes.size === 0) return ''
  const process = names('/proc').find((name) => /^\d+$/.test(name) && holds(name, inodes))
  if (process === undefined) return ''
  // the program's file says more than `comm`, which is a thread's name
  const name = basename(read(`/proc/${process}/cmdline`).split('\0')[0] ?? '') || read(`/proc/${process}/comm`).trim()
  return name === '' ? `process ${process}` : `process ${process}, ${name}`
}
