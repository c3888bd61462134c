/** What `up` shows: the first screen, and one live line a connection. look/terminal.md. */
import { counted } from './words.ts'
import type { Both } from './words.ts'

export interface UpWords {
  readonly title: string
  readonly storage: string
  readonly stored: (data: string, accounts: number, messages: number) => string
  readonly certificate: string
  readonly certificateMade: (name: string) => string
  readonly certificateKept: (name: string) => string
  readonly certificateGiven: (names: readonly string[]) => string
  readonly mx: string
  readonly startTls: string
  readonly tls: string
  readonly inParentheses: (address: string, what: string) => string
  readonly reachable: string
  readonly onlyHere: string
  readonly everywhere: string
  readonly labelColumn: number
  readonly factColumn: number
  readonly accounts: string
  readonly code: string
  readonly codeOnce: string
  readonly tryIt: string
  readonly watch: string
  readonly watchLive: string
  readonly stop: string
  readonly noDomain: string
  readonly stopped: string
  readonly demoSent: string
  readonly demoFetched: string
  readonly live: {
    readonly accepted: (count: number, to: readonly string[]) => string
    readonly fetched: (count: number, account: string) => string
    readonly signedIn: (account: string) => string
    readonly refused: string
    readonly authFailed: string
    readonly dropped: string
    readonly nothing: string
    readonly because: (outcome: string, why: string) => string
  }
}

export const upWords: Both<UpWords> = {
  en: {
    title: 'the mail system you can see through',
    storage: 'Storage',
    stored: (data, accounts, messages) => `${data}, ${counted(accounts, 'account')}, ${counted(messages, 'message')}`,
    certificate: 'Certificate',
    certificateMade: (name) => `made for ${name} (self-signed)`,
    certificateKept: (name) => `for ${name} (self-signed)`,
    certificateGiven: (names) => `for ${names.join(', ')}`,
    mx: 'MX',
    startTls: 'STARTTLS',
    tls: 'TLS',
    inParentheses: (address, what) => `${address} (${what})`,
    reachable: 'Reachable',
    onlyHere: 'from this machine only; --listen opens other addresses',
    everywhere: 'from other machines too',
    labelColumn: 12,
    factColumn: 10,
    accounts: 'Accounts',
    code: 'code',
    codeOnce: 'Codes are shown once; the next start makes new ones.',
    tryIt: 'Try',
    watch: 'Watch',
    watchLive: 'every connection appears below as it ends',
    stop: 'Ctrl+C stops it; nothing is lost. Settings: postglass.toml  Help: postglass --help',
    noDomain: 'No domain is served yet. In another terminal:  postglass domain add NAME',
    stopped: 'Stopped.',
    demoSent: 'alice sends to bob, by SMTP',
    demoFetched: 'bob fetches it, by POP3',
    live: {
      accepted: (count, to) =>
        to.length === 1
          ? `${counted(count, 'message')} for ${to[0]}, accepted`
          : `${counted(count, 'message')} for ${counted(to.length, 'recipient')}, accepted`,
      fetched: (count, account) => `${counted(count, 'message')} fetched by ${account}`,
      signedIn: (account) => `${account} signed in`,
      refused: 'refused',
      authFailed: 'sign-in refused',
      dropped: 'broken off',
      nothing: 'nothing happened',
      because: (outcome, why) => `${outcome}, ${why}`,
    },
  },
  'zh-CN': {
    title: '看得透的邮件系统',
    storage: '存储',
    stored: (data, accounts, messages) => `${data}，${accounts} 个账户，${messages} 封邮件`,
    certificate: '证书',
    certificateMade: (name) => `已为 ${name} 生成（自签名）`,
    certificateKept: (name) => `${name}（自签名）`,
    certificateGiven: (names) => names.join('、'),
    mx: 'MX',
    startTls: 'STARTTLS',
    tls: 'TLS',
    inParentheses: (address, what) => `${address}（${what}）`,
    reachable: '访问',
    onlyHere: '目前只限本机；用 --listen 监听其他地址',
    everywhere: '其他机器也能访问',
    labelColumn: 8,
    factColumn: 8,
    accounts: '账户',
    code: '授权码',
    codeOnce: '授权码只显示这一次，下次启动会换新的。',
    tryIt: '试发',
    watch: '观察',
    watchLive: '每个连接结束时显示在下方',
    stop: '按 Ctrl+C 停止，数据不会丢。  设置：postglass.toml   帮助：postglass --help',
    noDomain: '还没有任何域。在另一个终端运行：postglass domain add NAME',
    stopped: '已停止。',
    demoSent: 'alice 用 SMTP 给 bob 发信',
    demoFetched: 'bob 用 POP3 取信',
    live: {
      accepted: (count, to) =>
        to.length === 1 ? `${count} 封邮件给 ${to[0]}，已接收` : `${count} 封邮件，${to.length} 位收件人，已接收`,
      fetched: (count, account) => `${account} 取回 ${count} 封邮件`,
      signedIn: (account) => `${account} 登录`,
      refused: '被拒绝',
      authFailed: '登录被拒',
      dropped: '中断',
      nothing: '什么也没做',
      because: (outcome, why) => `${outcome}，${why}`,
    },
  },
}
