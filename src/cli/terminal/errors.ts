/** Errors as people and as programs read them. look/terminal.md rule 6; contracts: `{"error": {code, text, do}}`. */
import type { Fault } from '../fault.ts'
import { tellFault } from '../words/faults.ts'
import type { ToldFault } from '../words/faults.ts'
import type { Language } from '../words/words.ts'
import { inert } from './inert.ts'
import { ink } from './ink.ts'
import type { InkRow } from './ink.ts'
import { paragraph, widthOf } from './layout.ts'

const labels = {
  en: { todo: 'Do: ', code: 'Code: ', exit: '  Exit: ' },
  'zh-CN': { todo: '怎么办：', code: '代码：', exit: '  退出码：' },
} as const

/** A fault's sentences, its values inert, RFC-less and without a secret: faults never hold one. */
export function told(fault: Fault, language: Language): ToldFault {
  const values = Object.fromEntries(
    Object.entries(fault.values).map(([name, value]) => [name, typeof value === 'string' ? inert(value) : value]),
  ) as typeof fault.values
  return tellFault(fault.code, values, language)
}

/** `!!` and what was tried; why; `Do:`; the stable code and the exit status. */
export function errorRows(fault: Fault, language: Language, columns: number): InkRow[] {
  const { text, why, todo, exit } = told(fault, language)
  const words = labels[language]
  return [
    ...paragraph('danger', text, 4, columns, [ink('danger', '!!')]),
    ...(why === undefined ? [] : why.split('\n').flatMap((line) => paragraph('text', line, 4, columns))),
    ...(todo === undefined ? [] : todoRows(words.todo + todo, columns)),
    ...paragraph('quiet', `${words.code}${fault.code}${words.exit}${exit}`, 4, columns),
  ]
}

/** What to do; a command in it, which two blanks set off at its end, is not broken where it fits on a row of its own. */
function todoRows(text: string, columns: number): InkRow[] {
  const [, before = '', command] = /^(.*?) {2}(.*)$/.exec(text) ?? []
  if (command === undefined || 4 + widthOf(text) <= columns || command.includes('  '))
    return paragraph('text', text, 4, columns)
  return [...paragraph('text', before, 4, columns), ...paragraph('text', command, 6, columns)]
}

/** The same as one document for `--json`. */
export function errorDocument(fault: Fault, language: Language): object {
  const { text, why, todo } = told(fault, language)
  return {
    error: {
      code: fault.code,
      text: why === undefined ? text : `${text} ${why.replaceAll('\n', ' ')}`,
      ...(todo === undefined ? {} : { do: todo }),
    },
  }
}
