/** Wrong use of the program: exit 64 as a rule. */
import type { FaultTable } from './fault-text.ts'

/** The values that each error names. */
export interface UseFaults {
  'unknown-verb': { word: string; near: string; verb: string }
  'unknown-option': { word: string; near: string; verb: string }
  'missing-argument': { name: string; verb: string }
  'too-many-arguments': { word: string; verb: string }
  'bad-value': { option: string; value: string; want: string }
  'not-built': { what: string }
  'config-unknown-key': { file: string; line: number; key: string; near: string }
  'config-bad-value': { file: string; line: number; key: string; want: string }
  'config-syntax': { file: string; line: number; why: string }
  'config-not-built': { file: string; line: number; key: string }
}

const maybe = (near: string, en: string): { todo: string } | Record<never, never> => (near === '' ? {} : { todo: en })

export const useFaults: FaultTable<UseFaults> = {
  'unknown-verb': {
    exit: 64,
    en: ({ word, near, verb }) => ({
      text: `"${word}" is no command of ${verb}.`,
      todo: near === '' ? `see  ${verb} --help` : `did you mean  ${verb} ${near}`,
    }),
    zh: ({ word, near, verb }) => ({
      text: `${verb} 没有 "${word}" 这个命令。`,
      todo: near === '' ? `查看  ${verb} --help` : `是不是  ${verb} ${near}`,
    }),
  },
  'unknown-option': {
    exit: 64,
    en: ({ word, near, verb }) => ({
      text: `${verb} has no option ${word}.`,
      todo: near === '' ? `see  ${verb} --help` : `did you mean  ${near}`,
    }),
    zh: ({ word, near, verb }) => ({
      text: `${verb} 没有选项 ${word}。`,
      todo: near === '' ? `查看  ${verb} --help` : `是不是  ${near}`,
    }),
  },
  'missing-argument': {
    exit: 64,
    en: ({ name, verb }) => ({ text: `${verb} needs ${name}.`, todo: `see  ${verb} --help` }),
    zh: ({ name, verb }) => ({ text: `${verb} 缺少 ${name}。`, todo: `查看  ${verb} --help` }),
  },
  'too-many-arguments': {
    exit: 64,
    en: ({ word, verb }) => ({ text: `${verb} does not know what to do with "${word}".`, todo: `see  ${verb} --help` }),
    zh: ({ word, verb }) => ({ text: `${verb} 用不上 "${word}"。`, todo: `查看  ${verb} --help` }),
  },
  'bad-value': {
    exit: 64,
    en: ({ option, value, want }) => ({ text: `${option} cannot be "${value}": it wants ${want}.` }),
    zh: ({ option, value, want }) => ({ text: `${option} 不能是 "${value}"，应为 ${want}。` }),
  },
  'not-built': {
    exit: 64,
    en: ({ what }) => ({ text: `This version of Postglass does not speak ${what} yet.` }),
    zh: ({ what }) => ({ text: `这个版本的 Postglass 还不支持 ${what}。` }),
  },
  'config-unknown-key': {
    exit: 64,
    en: ({ file, line, key, near }) => ({
      text: `${file}, line ${line}: there is no setting ${key}.`,
      ...maybe(near, `did you mean  ${near}`),
    }),
    zh: ({ file, line, key, near }) => ({
      text: `${file} 第 ${line} 行：没有 ${key} 这项设置。`,
      ...maybe(near, `是不是  ${near}`),
    }),
  },
  'config-bad-value': {
    exit: 64,
    en: ({ file, line, key, want }) => ({ text: `${file}, line ${line}: ${key} wants ${want}.` }),
    zh: ({ file, line, key, want }) => ({ text: `${file} 第 ${line} 行：${key} 应为 ${want}。` }),
  },
  'config-syntax': {
    exit: 64,
    en: ({ file, line, why }) => ({ text: `${file}, line ${line}: this is not TOML.`, why }),
    zh: ({ file, line, why }) => ({ text: `${file} 第 ${line} 行：不是合法的 TOML。`, why }),
  },
  'config-not-built': {
    exit: 64,
    en: ({ file, line, key }) => ({
      text: `${file}, line ${line}: ${key} sends mail on to other servers, which this version cannot do yet.`,
      todo: 'leave it out; mail for the domains of this server needs no such setting',
    }),
    zh: ({ file, line, key }) => ({
      text: `${file} 第 ${line} 行：${key} 用于把邮件转给其他服务器，这个版本还做不到。`,
      todo: '删去这一项；投递给本机各域的邮件用不着它',
    }),
  },
}
