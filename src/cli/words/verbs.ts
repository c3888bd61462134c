/** What the verbs say to people when they are done, and the heads of their lists. */
import type { DoneDocument } from '../verbs/documents.ts'
import { counted } from './words.ts'
import type { Both } from './words.ts'

export interface VerbWords {
  readonly done: string
  readonly domainHead: readonly string[]
  readonly accountHead: readonly string[]
  readonly aliasHead: readonly string[]
  readonly codeHead: readonly string[]
  readonly storyHead: readonly string[]
  readonly none: string
  /** Of a story: its bytes are kept, or its facts alone. */
  readonly kept: string
  readonly notKept: string
  readonly domainAdded: (name: string, mode: string) => string
  readonly mode: (mode: string) => string
  readonly accountAdded: (address: string) => string
  readonly passwordChanged: (address: string) => string
  readonly accountDisabled: (address: string) => string
  readonly aliasAdded: (address: string, to: readonly string[]) => string
  readonly codeAdded: (address: string) => string
  readonly codeOnce: string
  readonly tokenAdded: (address: string) => string
  readonly codeRevoked: (id: string) => string
  readonly doneText: (document: Pick<DoneDocument, 'done' | 'name'>) => string
  readonly disabled: string
  readonly active: string
  readonly revoked: string
  readonly expired: (at: string) => string
  readonly until: (at: string) => string
  readonly never: string
  readonly storiesPruned: (count: number) => string
  readonly exported: (file: string) => string
  readonly stat: (what: 'messages' | 'bytes' | 'accounts' | 'segments' | 'journal' | 'index') => string
  readonly checkGood: string
  readonly repaired: (messages: number) => string
  readonly password: (address: string) => string
  readonly passwordAgain: string
  readonly outcome: (word: string) => string
}

const englishDone: Readonly<Record<string, (name: string) => string>> = {
  'domain-removed': (name) => `The domain ${name} is removed.`,
  'account-deleted': (name) => `The account ${name} is deleted, with its mail, codes and stories.`,
  'alias-deleted': (name) => `The alias ${name} is deleted.`,
  'story-deleted': (name) => `The story ${name} is deleted.`,
}

const chineseDone: Readonly<Record<string, (name: string) => string>> = {
  'domain-removed': (name) => `域 ${name} 已移除。`,
  'account-deleted': (name) => `账户 ${name} 已删除，连同邮件、授权码和来路。`,
  'alias-deleted': (name) => `别名 ${name} 已删除。`,
  'story-deleted': (name) => `来路 ${name} 已删除。`,
}

const englishOutcome: Readonly<Record<string, string>> = {
  accepted: 'accepted',
  refused: 'refused',
  fetched: 'fetched',
  'signed-in': 'signed in',
  'auth-failed': 'sign-in refused',
  dropped: 'broken off',
  nothing: 'nothing',
}

const chineseOutcome: Readonly<Record<string, string>> = {
  accepted: '已接收',
  refused: '被拒绝',
  fetched: '已取回',
  'signed-in': '已登录',
  'auth-failed': '登录被拒',
  dropped: '中断',
  nothing: '无',
}

export const verbWords: Both<VerbWords> = {
  en: {
    done: 'done',
    domainHead: ['domain', 'mode', 'accounts'],
    accountHead: ['account', 'messages', 'bytes', 'state'],
    aliasHead: ['alias', 'leads to'],
    codeHead: ['id', 'scope', 'state', 'last used', 'label'],
    storyHead: ['id', 'began', 'protocol', 'peer', 'account', 'bytes', 'outcome'],
    none: 'none',
    kept: 'kept',
    notKept: '-',
    domainAdded: (name, mode) => `The domain ${name} is served here (${mode}).`,
    mode: (mode) => mode,
    accountAdded: (address) =>
      `The account ${address} is there. A mail client needs a code: postglass code add ${address}`,
    passwordChanged: (address) => `The password of ${address} is changed.`,
    accountDisabled: (address) => `The account ${address} is disabled: nobody signs in; mail still arrives.`,
    aliasAdded: (address, to) => `Mail to ${address} goes to ${to.join(', ')}.`,
    codeAdded: (address) => `Authorization code for ${address}:`,
    codeOnce: 'Shown this once. Give it to the mail client in place of a password.',
    tokenAdded: (address) => `Token for ${address}:`,
    codeRevoked: (id) => `The code ${id} is revoked: no client signs in with it any more.`,
    doneText: ({ done, name }) => englishDone[done]?.(name) ?? name,
    disabled: 'disabled',
    active: 'active',
    revoked: 'revoked',
    expired: (at) => `expired ${at}`,
    until: (at) => `until ${at}`,
    never: 'never',
    storiesPruned: (count) =>
      `${counted(count, 'story', 'stories')} lost ${count === 1 ? 'its' : 'their'} recorded bytes.`,
    exported: (file) => `Written to ${file}; credentials are replaced.`,
    stat: (what) =>
      ({
        messages: 'Messages',
        bytes: 'Their bytes',
        accounts: 'Accounts',
        segments: 'Segments',
        journal: 'Journal',
        index: 'Index',
      })[what],
    checkGood: 'Every message is whole, and the index agrees with the journal.',
    repaired: (messages) => `The index is built anew from the journal: ${counted(messages, 'message')}.`,
    password: (address) => `Password for ${address}: `,
    passwordAgain: 'Once more: ',
    outcome: (word) => englishOutcome[word] ?? word,
  },
  'zh-CN': {
    done: '完成',
    domainHead: ['域', '模式', '账户数'],
    accountHead: ['账户', '邮件', '字节', '状态'],
    aliasHead: ['别名', '指向'],
    codeHead: ['编号', '范围', '状态', '上次使用', '名称'],
    storyHead: ['编号', '开始', '协议', '对方', '账户', '字节', '结果'],
    none: '无',
    kept: '保留',
    notKept: '-',
    domainAdded: (name, mode) => `已在本机设立域 ${name}（${mode}）。`,
    mode: (mode) => ({ lab: '实验', test: '测试', production: '正式' })[mode] ?? mode,
    accountAdded: (address) => `账户 ${address} 已建立。邮件客户端要用授权码：postglass code add ${address}`,
    passwordChanged: (address) => `${address} 的口令已更改。`,
    accountDisabled: (address) => `账户 ${address} 已停用：无人能登录，邮件照收。`,
    aliasAdded: (address, to) => `发往 ${address} 的邮件转给 ${to.join('、')}。`,
    codeAdded: (address) => `${address} 的授权码：`,
    codeOnce: '只显示这一次。在邮件客户端里代替口令填入。',
    tokenAdded: (address) => `${address} 的令牌：`,
    codeRevoked: (id) => `授权码 ${id} 已吊销，客户端不能再用它登录。`,
    doneText: ({ done, name }) => chineseDone[done]?.(name) ?? name,
    disabled: '已停用',
    active: '有效',
    revoked: '已吊销',
    expired: (at) => `已于 ${at} 过期`,
    until: (at) => `有效至 ${at}`,
    never: '从未',
    storiesPruned: (count) => `${count} 条来路的录制字节已清除。`,
    exported: (file) => `已写入 ${file}，凭据均已替换。`,
    stat: (what) =>
      ({
        messages: '邮件数',
        bytes: '邮件字节',
        accounts: '账户数',
        segments: '段文件',
        journal: '日志',
        index: '索引',
      })[what],
    checkGood: '每封邮件完好，索引与日志一致。',
    repaired: (messages) => `已由日志重建索引：${messages} 封邮件。`,
    password: (address) => `${address} 的口令：`,
    passwordAgain: '再输一次：',
    outcome: (word) => chineseOutcome[word] ?? word,
  },
}
