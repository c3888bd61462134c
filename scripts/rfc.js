/** Collects the citations of `src/` (`RFC 5321 §2.3.8`) into docs/rfc.md. `--check` says whether the file is current. */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '..')
const target = join(root, 'docs/rfc.md')

function sources(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => (entry.isDirectory() ? sources(join(folder, entry.name)) : [join(folder, entry.name)]))
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
    .sort()
}

const byNumber = (a, b) => a.localeCompare(b, 'en', { numeric: true })

/** RFC -> section -> files. Sections are compared as numbers, part by part. */
function collect() {
  const found = new Map()
  for (const path of sources(join(root, 'src'))) {
    const text = readFileSync(path, 'utf8')
    for (const [, number, section = ''] of text.matchAll(/RFC (\d{3,5})(?: §([\dA-Z]+(?:\.\d+)*))?/g)) {
      const sections = found.get(number) ?? new Map()
      found.set(number, sections)
      const files = sections.get(section) ?? new Set()
      sections.set(section, files)
      files.add(relative(root, path))
    }
  }
  return found
}

function print(found) {
  const lines = [
    '# Where each RFC is obeyed',
    '',
    'Generated from the citations in `src/` by `npm run docs`; a test checks that it is current.',
    '',
  ]
  for (const number of [...found.keys()].sort(byNumber)) {
    lines.push(`## RFC ${number}`, '')
    const sections = found.get(number)
    for (const section of [...sections.keys()].sort(byNumber)) {
      const files = [...sections.get(section)].sort(byNumber).map((file) => `[${file.replace('src/', '')}](../${file})`)
      lines.push(`- ${section ? `§${section}` : 'whole'}: ${files.join(', ')}`)
    }
    lines.push('')
  }
  return lines.join('\n')
}

const text = print(collect())
if (process.argv.includes('--check')) {
  const current = readFileSync(target, 'utf8') === text
  if (!current) process.stderr.write('docs/rfc.md is not current: run npm run docs\n')
  process.exitCode = current ? 0 : 1
} else writeFileSync(target, text)
