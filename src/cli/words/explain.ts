/** What `explain` and `story show` say around the catalogue's sentences. look/terminal.md. */
import type { HiddenKind, SpokenProtocol } from '../../analyser/model.ts'
import { counted } from './words.ts'
import type { Both } from './words.ts'

/** Milliseconds; undefined parts could not be told. */
export interface TimeParts {
  readonly path: string | undefined
  readonly server: string | undefined
  readonly client: string | undefined
}

export interface ExplainWords {
  readonly opened: (packets: number, conversations: number) => string
  readonly inClear: string
  readonly sealed: string
  readonly sealedMidway: string
  /** Protocol, sealed or not, both ends, when. */
  readonly heading: (protocol: string, how: string, from: string, to: string, when: string) => string
  readonly protocol: (protocol: SpokenProtocol) => string
  readonly onTheWire: string
  readonly whatItMeans: string
  readonly message: (size: number) => string
  readonly hole: (size: number) => string
  /** Bytes that crossed and were not kept of an own connection. */
  readonly unkept: (size: number) => string
  readonly records: (records: number, size: number) => string
  readonly moreRows: (count: number) => string
  readonly summary: string
  readonly mail: string
  readonly seal: string
  readonly time: string
  readonly hidden: string
  /** `to` undefined: no recipient was asked for, or the reply is not known. */
  readonly accepted: (
    messages: number,
    size: number,
    accepted: number,
    asked: number,
    lines: readonly number[],
  ) => string
  readonly notAccepted: (messages: number, size: number, lines: readonly number[]) => string
  readonly fetched: (messages: number, size: number, lines: readonly number[]) => string
  readonly looked: (messages: number, lines: readonly number[]) => string
  readonly notSealed: string
  readonly sealedAfter: (line: number) => string
  readonly sealedAll: string
  readonly took: (total: string, parts: TimeParts) => string
  readonly ms: (value: string) => string
  readonly seconds: (value: string) => string
  readonly hiddenCount: (kind: HiddenKind, count: number) => string
  readonly nothing: string
  readonly and: string
  readonly where: (lines: readonly number[], certain: boolean) => string
  /** Where a finding's lines stand, and whether blanks come in pairs to keep full-width text even. */
  readonly whereColumn: number
  readonly pairs: boolean
  readonly todo: string
  readonly next: string
  readonly nextColumn: number
  readonly nextLine: string
  readonly nextJson: string
  readonly nextOne: string
  readonly nextStory: string
  readonly start: string
  readonly between: string
  readonly protocolHead: string
  readonly whatHappened: string
  readonly notRead: (protocol: string, count: number) => string
  readonly noConversation: string
  readonly datagrams: (count: number) => string
  readonly parts: string
  readonly bytes: string
  readonly rules: string
  readonly bytesHidden: string
  readonly ofClient: string
  readonly ofServer: string
  readonly lineAt: (number: number, side: string, when: string, packets: readonly number[]) => string
  readonly factsOnly: string
}

function lineList(lines: readonly number[]): string {
  if (lines.length <= 1) return `line ${lines[0] ?? 0}`
  if (lines.length <= 4) return `lines ${lines.slice(0, -1).join(', ')} and ${lines.at(-1)}`
  return `lines ${lines[0]} to ${lines.at(-1)}`
}

function chineseLineList(lines: readonly number[]): string {
  if (lines.length <= 1) return `第 ${lines[0] ?? 0} 行`
  if (lines.length <= 4) return `第 ${lines.join('、')} 行`
  return `第 ${lines[0]} 至 ${lines.at(-1)} 行`
}

const english: Record<HiddenKind, (count: number) => string> = {
  code: (count) => counted(count, 'authorization code'),
  password: (count) => counted(count, 'password'),
  user: (count) => counted(count, 'user name'),
  token: (count) => counted(count, 'token'),
  proof: (count) => counted(count, 'proof'),
}

const chinese: Record<HiddenKind, string> = {
  code: '授权码',
  password: '口令',
  user: '用户名',
  token: '令牌',
  proof: '认证摘要',
}

const names: Record<SpokenProtocol, string> = {
  smtp: 'SMTP',
  pop3: 'POP3',
  lmtp: 'LMTP',
  imap: 'IMAP',
  http: 'HTTP',
  tls: 'TLS',
  none: '',
  unknown: '',
}

/** Of `labels`, those with a value. */
function timeParts(parts: TimeParts, labels: readonly [string, string, string]): string[] {
  return [parts.path, parts.server, parts.client].flatMap((value, index) =>
    value === undefined ? [] : [`${labels[index]} ${value}`],
  )
}

export const explainWords: Both<ExplainWords> = {
  en: {
    opened: (packets, conversations) => `${counted(packets, 'packet')}, ${counted(conversations, 'conversation')}`,
    inClear: 'in clear',
    sealed: 'inside TLS',
    sealedMidway: 'with STARTTLS',
    heading: (protocol, how, from, to, when) =>
      `${[protocol, how].filter((word) => word !== '').join(' ')}, ${from} -> ${to}, ${when}`,
    protocol: (protocol) => (protocol === 'none' ? 'Silence' : protocol === 'unknown' ? 'Unknown' : names[protocol]),
    onTheWire: 'on the wire',
    whatItMeans: 'what it means',
    message: (size) => `message, ${counted(size, 'byte')}`,
    hole: (size) => `[${size === 1 ? '1 byte was' : `${size} bytes were`} not captured]`,
    unkept: (size) => `[${size === 1 ? '1 byte was' : `${size} bytes were`} not kept]`,
    records: (records, size) => `${counted(records, 'record')}, ${counted(size, 'byte')}`,
    moreRows: (count) => `.. ${counted(count, 'more line')}; --full shows them`,
    summary: 'Summary',
    mail: 'Mail',
    seal: 'Sealed',
    time: 'Time',
    hidden: 'Hidden',
    accepted: (messages, size, accepted, asked, lines) =>
      `${counted(messages, 'message')}, ${counted(size, 'byte')}, accepted for ${accepted} of ${counted(asked, 'recipient')} (${lineList(lines)})`,
    notAccepted: (messages, size, lines) =>
      `${counted(messages, 'message')}, ${counted(size, 'byte')}, not accepted (${lineList(lines)})`,
    fetched: (messages, size, lines) =>
      `${counted(messages, 'message')}, ${counted(size, 'byte')}, fetched (${lineList(lines)})`,
    looked: (messages, lines) => `the head of ${counted(messages, 'message')} was looked at (${lineList(lines)})`,
    notSealed: 'no, readable all the way',
    sealedAfter: (line) => `after line ${line}; readable up to there`,
    sealedAll: 'yes, from the first byte',
    took: (total, parts) => {
      const told = timeParts(parts, ['path', 'server', 'client'])
      return told.length === 0 ? total : `${total}: ${told.join(', ')}`
    },
    ms: (value) => `${value} ms`,
    seconds: (value) => `${value} s`,
    hiddenCount: (kind, count) => english[kind](count),
    nothing: 'nothing',
    and: ', ',
    where: (lines, certain) => {
      const sure = certain ? 'certain' : 'likely'
      if (lines.length === 0) return sure
      const first = Math.min(...lines)
      const last = Math.max(...lines)
      return first === last ? `line ${first}, ${sure}` : `lines ${first} to ${last}, ${sure}`
    },
    whereColumn: 57,
    pairs: false,
    todo: 'Do: ',
    next: 'Next:  ',
    nextColumn: 49,
    nextLine: 'bytes and rule of one line',
    nextJson: 'the same for a program',
    nextOne: 'one conversation, line by line',
    nextStory: 'as a capture that Wireshark opens',
    start: 'start',
    between: 'between',
    protocolHead: 'protocol',
    whatHappened: 'what happened',
    notRead: (protocol, count) =>
      `${counted(count, `${protocol} conversation`)}: named and counted, not explained by this version.`,
    noConversation: 'There is no conversation in it.',
    datagrams: (count) => `${counted(count, 'datagram')} (UDP, ICMP): counted, not explained by this version.`,
    parts: 'Parts',
    bytes: 'Bytes',
    rules: 'Rule',
    bytesHidden: 'Bytes that hold a secret are not shown; their number would allow guessing. See  --reveal',
    ofClient: 'client',
    ofServer: 'server',
    lineAt: (number, side, when, packets) =>
      `Line ${number}, ${side}, ${when}${packets.length === 0 ? '' : `, packet${packets.length === 1 ? '' : 's'} ${packets.slice(0, 8).join(' ')}${packets.length > 8 ? ' ..' : ''}`}`,
    factsOnly: 'The bytes are not kept; this is told from the facts of the story.',
  },
  'zh-CN': {
    opened: (packets, conversations) => `${packets} 个数据包，${conversations} 个会话`,
    inClear: '明文',
    sealed: '加密传输',
    sealedMidway: '中途加密',
    heading: (protocol, how, from, to, when) =>
      `${[protocol, how].filter((word) => word !== '').join(' ')}，${from} -> ${to}，${when}`,
    protocol: (protocol) => (protocol === 'none' ? '无数据' : protocol === 'unknown' ? '未知协议' : names[protocol]),
    onTheWire: '线上内容',
    whatItMeans: '含义',
    message: (size) => `邮件，${size} 字节`,
    hole: (size) => `[缺 ${size} 字节，未抓到]`,
    unkept: (size) => `[有 ${size} 字节未保留]`,
    records: (records, size) => `${records} 条记录，${size} 字节`,
    moreRows: (count) => `.. 还有 ${count} 行，加 --full 全部显示`,
    summary: '小结',
    mail: '邮件',
    seal: '加密',
    time: '耗时',
    hidden: '已隐藏',
    accepted: (messages, size, accepted, asked, lines) =>
      accepted === asked
        ? `${messages} 封，${size} 字节，${asked} 位收件人，已接收（${chineseLineList(lines)}）`
        : `${messages} 封，${size} 字节，${asked} 位收件人中 ${accepted} 位已接收（${chineseLineList(lines)}）`,
    notAccepted: (messages, size, lines) => `${messages} 封，${size} 字节，未被接收（${chineseLineList(lines)}）`,
    fetched: (messages, size, lines) => `${messages} 封，${size} 字节，已取回（${chineseLineList(lines)}）`,
    looked: (messages, lines) => `查看了 ${messages} 封邮件的开头（${chineseLineList(lines)}）`,
    notSealed: '无，全程明文',
    sealedAfter: (line) => `第 ${line} 行之后加密，之前为明文`,
    sealedAll: '有，从第一个字节起',
    took: (total, parts) => {
      const told = timeParts(parts, ['网络', '服务器', '客户端'])
      return told.length === 0 ? total : `${total}：${told.join('，')}`
    },
    ms: (value) => `${value} 毫秒`,
    seconds: (value) => `${value} 秒`,
    hiddenCount: (kind, count) => `${chinese[kind]} ${count} 处`,
    nothing: '无',
    and: '，',
    where: (lines, certain) => {
      const sure = certain ? '确定' : '可能'
      if (lines.length === 0) return sure
      const first = Math.min(...lines)
      const last = Math.max(...lines)
      return first === last ? `第 ${first} 行，${sure}` : `第 ${first} 至 ${last} 行，${sure}`
    },
    whereColumn: 52,
    pairs: true,
    todo: '怎么办：',
    next: '接着可以：',
    nextColumn: 51,
    nextLine: '查看这一行的字节与依据',
    nextJson: '输出给程序读的 JSON',
    nextOne: '逐行查看其中一个会话',
    nextStory: '导出为 Wireshark 可读的文件',
    start: '开始',
    between: '双方',
    protocolHead: '协议',
    whatHappened: '经过',
    notRead: (protocol, count) => `${count} 个 ${protocol} 会话：已识别、已计数，本版本尚不解释。`,
    noConversation: '其中没有会话。',
    datagrams: (count) => `${count} 个数据报（UDP、ICMP）：已计数，本版本尚不解释。`,
    parts: '组成',
    bytes: '字节',
    rules: '依据',
    bytesHidden: '含秘密的字节不显示，连长度也不显示，以免被猜中。要看用  --reveal',
    ofClient: '客户端',
    ofServer: '服务器',
    lineAt: (number, side, when, packets) =>
      `第 ${number} 行，${side}，${when}${packets.length === 0 ? '' : `，数据包 ${packets.slice(0, 8).join(' ')}${packets.length > 8 ? ' ..' : ''}`}`,
    factsOnly: '字节没有保留，以下由来路中的事实讲述。',
  },
}
