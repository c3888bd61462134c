/** The answer is no: exit 1 as a rule. */
import type { FaultTable } from './fault-text.ts'

/** The values that each error names. */
export interface AnswerFaults {
  'no-conversation': { file: string; id: number; count: number }
  'no-line': { file: string; line: number; count: number }
  'several-conversations': { file: string; count: number }
  'bad-domain': { name: string }
  'bad-address': { address: string }
  'bad-password': { why: 'empty' | 'long' | 'differs' }
  'no-password': { address: string }
  'unknown-domain': { name: string }
  'unknown-account': { address: string }
  'unknown-alias': { address: string }
  'unknown-code': { id: string }
  'unknown-story': { id: string }
  'unknown-recipient': { address: string }
  exists: { what: 'domain' | 'account' | 'alias' | 'file'; name: string }
  'domain-not-empty': { name: string }
  'code-revoked': { id: string }
  'past-date': { value: string }
  'story-sealed': { id: string }
  'story-facts': { id: string }
  'store-damage': { count: number }
}

const kinds = { domain: '域', account: '账户', alias: '别名', file: '文件' } as const

export const answerFaults: FaultTable<AnswerFaults> = {
  'no-conversation': {
    exit: 1,
    en: ({ file, id, count }) => ({
      text: `${file} has no conversation ${id}.`,
      why: count === 1 ? 'It has 1.' : `It has ${count}, numbered from 1.`,
    }),
    zh: ({ file, id, count }) => ({ text: `${file} 里没有第 ${id} 个会话。`, why: `共有 ${count} 个，从 1 起编号。` }),
  },
  'no-line': {
    exit: 1,
    en: ({ file, line, count }) => ({
      text: `The conversation in ${file} has no line ${line}.`,
      why: `Its last line is ${count}.`,
    }),
    zh: ({ file, line, count }) => ({ text: `${file} 的会话里没有第 ${line} 行。`, why: `最后一行是第 ${count} 行。` }),
  },
  'several-conversations': {
    exit: 64,
    en: ({ file, count }) => ({
      text: `${file} has ${count} conversations; --line needs to know of which.`,
      todo: `postglass explain ${file} --conversation 1 --line 1`,
    }),
    zh: ({ file, count }) => ({
      text: `${file} 里有 ${count} 个会话，--line 需要知道是哪一个。`,
      todo: `postglass explain ${file} --conversation 1 --line 1`,
    }),
  },
  'bad-domain': {
    exit: 64,
    en: ({ name }) => ({ text: `"${name}" is no domain name.` }),
    zh: ({ name }) => ({ text: `"${name}" 不是域名。` }),
  },
  'bad-address': {
    exit: 64,
    en: ({ address }) => ({ text: `"${address}" is no full mail address.`, todo: 'write it like  alice@north.test' }),
    zh: ({ address }) => ({ text: `"${address}" 不是完整的邮件地址。`, todo: '写成  alice@north.test  这样' }),
  },
  'bad-password': {
    exit: 64,
    en: ({ why }) => ({
      text: {
        empty: 'The password is empty.',
        long: 'The password is longer than 1024 bytes.',
        differs: 'The two passwords differ.',
      }[why],
    }),
    zh: ({ why }) => ({
      text: { empty: '口令是空的。', long: '口令超过 1024 字节。', differs: '两次输入的口令不一致。' }[why],
    }),
  },
  'no-password': {
    exit: 64,
    en: ({ address }) => ({
      text: `No password for ${address}: there is no terminal to ask on.`,
      todo: 'write it to the command with  --password-stdin',
    }),
    zh: ({ address }) => ({
      text: `${address} 没有口令：没有终端可以询问。`,
      todo: '用  --password-stdin  从标准输入给出',
    }),
  },
  'unknown-domain': {
    exit: 1,
    en: ({ name }) => ({ text: `The domain ${name} is not served here.`, todo: `postglass domain add ${name}` }),
    zh: ({ name }) => ({ text: `这里没有域 ${name}。`, todo: `postglass domain add ${name}` }),
  },
  'unknown-account': {
    exit: 1,
    en: ({ address }) => ({ text: `There is no account ${address}.`, todo: 'see them with  postglass account list' }),
    zh: ({ address }) => ({ text: `没有账户 ${address}。`, todo: '查看全部账户  postglass account list' }),
  },
  'unknown-alias': {
    exit: 1,
    en: ({ address }) => ({ text: `There is no alias ${address}.`, todo: 'see them with  postglass alias list' }),
    zh: ({ address }) => ({ text: `没有别名 ${address}。`, todo: '查看全部别名  postglass alias list' }),
  },
  'unknown-code': {
    exit: 1,
    en: ({ id }) => ({
      text: `There is no code with the id ${id}.`,
      todo: 'see them with  postglass code list ADDRESS',
    }),
    zh: ({ id }) => ({ text: `没有编号为 ${id} 的授权码。`, todo: '查看授权码  postglass code list ADDRESS' }),
  },
  'unknown-story': {
    exit: 1,
    en: ({ id }) => ({ text: `There is no story ${id}.`, todo: 'see them with  postglass story list' }),
    zh: ({ id }) => ({ text: `没有来路 ${id}。`, todo: '查看全部  postglass story list' }),
  },
  'unknown-recipient': {
    exit: 1,
    en: ({ address }) => ({ text: `An alias cannot lead to ${address}: there is no such account here.` }),
    zh: ({ address }) => ({ text: `别名不能指向 ${address}：这里没有这个账户。` }),
  },
  exists: {
    exit: 1,
    en: ({ what, name }) => ({ text: `The ${what} ${name} is there already.` }),
    zh: ({ what, name }) => ({ text: `${kinds[what]} ${name} 已经存在。` }),
  },
  'domain-not-empty': {
    exit: 1,
    en: ({ name }) => ({
      text: `Cannot remove ${name}: accounts or aliases live in it.`,
      todo: 'delete them first; see  postglass account list  and  postglass alias list',
    }),
    zh: ({ name }) => ({
      text: `不能移除 ${name}：其中还有账户或别名。`,
      todo: '先删除它们；查看  postglass account list  和  postglass alias list',
    }),
  },
  'code-revoked': {
    exit: 1,
    en: ({ id }) => ({ text: `The code ${id} was revoked before.` }),
    zh: ({ id }) => ({ text: `授权码 ${id} 早已吊销。` }),
  },
  'past-date': {
    exit: 64,
    en: ({ value }) => ({ text: `${value} is past: the code would never work.` }),
    zh: ({ value }) => ({ text: `${value} 已经过去：这个授权码永远用不了。` }),
  },
  'story-sealed': {
    exit: 1,
    en: ({ id }) => ({
      text: `The story ${id} passed inside TLS: this version cannot export it yet.`,
      why: 'Exported as it is, it would hand out the real keys and with them every secret inside.',
      todo: `read it with  postglass story show ${id}`,
    }),
    zh: ({ id }) => ({
      text: `来路 ${id} 经过 TLS 加密：这个版本还不能导出。`,
      why: '原样导出会把真实密钥以及其中的秘密一并交出。',
      todo: `可以查看  postglass story show ${id}`,
    }),
  },
  'story-facts': {
    exit: 1,
    en: ({ id }) => ({
      text: `The story ${id} holds facts but no bytes: there is nothing to export.`,
      why: 'Its connection was not recorded, or the recording is past its time.',
      todo: 'record all connections with  postglass up --record all',
    }),
    zh: ({ id }) => ({
      text: `来路 ${id} 只有事实，没有字节，无从导出。`,
      why: '这个连接没有录制，或录制已过保留期。',
      todo: '录制所有连接  postglass up --record all',
    }),
  },
  'store-damage': {
    exit: 1,
    en: ({ count }) => ({
      text: count === 1 ? 'The store has 1 fault.' : `The store has ${count} faults.`,
      todo: 'stop the server, then  postglass store repair',
    }),
    zh: ({ count }) => ({ text: `存储有 ${count} 处问题。`, todo: '先停止服务器，再运行  postglass store repair' }),
  },
}
