/** Phases of a conversation, what came of it, and what is wrong with a capture file. Ids `phase.*`, `outcome.*`, `capture.*`. */
import { rfc, type Entry, type Rule, type Words } from './entry.ts'

function entry(id: string, en: Words, zh: Words, rules: readonly Rule[] = []): Entry {
  return { id, rfc: rules, en, zh }
}

const phases: readonly (readonly [id: string, en: string, zh: string])[] = [
  ['connection', 'Connection', '连接'],
  ['greeting', 'Greeting', '建立连接'],
  ['extensions', 'Extensions', '协商扩展'],
  ['extensions.again', 'Extensions, again', '再次协商扩展'],
  ['sealing', 'Sealing', '启用加密'],
  ['sign-in', 'Sign-in', '身份认证'],
  ['sign-in.again', 'Sign-in, again', '再次身份认证'],
  ['envelope', 'Envelope', '信封'],
  ['envelope.again', 'Next envelope', '下一封的信封'],
  ['message', 'Message', '邮件传输'],
  ['message.again', 'Next message', '下一封邮件传输'],
  ['mailbox', 'Mailbox', '收取邮件'],
  ['goodbye', 'Goodbye', '连接释放'],
  ['other', 'Other', '其他'],
]

const outcomes: readonly Entry[] = [
  entry(
    'outcome.accepted',
    {
      short:
        '{count} {count|message|messages} accepted for {accepted} of {recipients} {recipients|recipient|recipients}',
      long: 'The server took responsibility. Accepted is not yet delivered: it may still bounce later.',
    },
    {
      short: '已接收 {count} 封邮件，{recipients} 位收件人中接受 {accepted} 位',
      long: '服务器已承担投递责任；已接收不等于已送达，之后仍可能退信。',
    },
    [rfc(5321, '6.1')],
  ),
  entry(
    'outcome.accepted.envelope-unseen',
    {
      short: '{count} {count|message|messages} accepted; for whom is not in the capture',
      long: 'The server took responsibility. The envelope was said before the capture began, or in a hole of it.',
    },
    {
      short: '已接收 {count} 封邮件，抓包里没有收件人',
      long: '服务器已承担投递责任。信封在抓包开始之前或缺口处，因此看不到。',
    },
    [rfc(5321, '6.1')],
  ),
  entry(
    'outcome.partly-accepted',
    { short: '{count} {count|message|messages} accepted, another mail or recipient was refused' },
    { short: '已接收 {count} 封邮件，另有邮件或收件人被拒' },
  ),
  entry(
    'outcome.deferred',
    {
      short: 'Not accepted for now ({code}): to be tried again',
      long: 'The server refused for the moment. A sending server tries again by itself.',
    },
    { short: '暂未接收（{code}），应稍后重试', long: '服务器暂时拒绝，发送方服务器会自动重试。' },
    [rfc(5321, '4.2.1')],
  ),
  entry(
    'outcome.deferred.greylisting',
    {
      short: 'Not accepted for now ({code}), probably greylisting: to be tried again',
      long: 'Unknown senders are turned away once. A sending server comes back by itself after some minutes; a mail client as a rule does not.',
    },
    {
      short: '暂未接收（{code}），可能是灰名单，应稍后重试',
      long: '服务器先拒绝陌生来源一次。发送方服务器几分钟后会自动重试，邮件客户端通常不会。',
    },
    [rfc(6647, '2')],
  ),
  entry(
    'outcome.refused',
    {
      short: 'Refused for good ({code})',
      long: 'Sending the same again will not help; the reason stands with the reply.',
    },
    { short: '永久拒绝（{code}）', long: '原样重发没有用，原因见答复。' },
    [rfc(5321, '4.2.1')],
  ),
  entry('outcome.fetched', { short: '{count} {count|message|messages} fetched' }, { short: '取回 {count} 封邮件' }),
  entry(
    'outcome.looked',
    { short: 'The head of {count} {count|message|messages} was looked at, none was fetched whole' },
    { short: '查看了 {count} 封邮件的开头，没有取全文' },
  ),
  entry('outcome.signed-in', { short: 'Signed in, no mail crossed' }, { short: '已登录，没有传输邮件' }),
  entry('outcome.auth-failed', { short: 'Sign-in refused, no mail crossed' }, { short: '登录失败，没有传输邮件' }),
  entry('outcome.sealed', { short: 'Sealed: what was said cannot be told' }, { short: '已加密，无法得知内容' }),
  entry(
    'outcome.given-up',
    { short: 'The client gave up before a mail was accepted' },
    { short: '客户端中途放弃，没有邮件被接收' },
  ),
  entry('outcome.incomplete', { short: 'The end is not in the capture' }, { short: '抓包里没有结尾，结果未知' }),
  entry('outcome.nothing', { short: 'No mail crossed' }, { short: '没有传输邮件' }),
  entry('outcome.not-read', { short: 'This protocol is not read yet' }, { short: '尚不支持解读该协议' }),
]

const captureErrors: readonly Entry[] = [
  entry(
    'capture.empty',
    {
      short: 'The file is empty.',
      why: 'The recording program may have been stopped before the first packet.',
      todo: 'record again and let it run until packets are counted.',
    },
    {
      short: '文件是空的。',
      why: '抓包程序可能在第一个数据包之前就被停止。',
      todo: '重新抓包，等计数开始增加再停止。',
    },
  ),
  entry(
    'capture.bad-magic',
    {
      short: 'This is no capture file.',
      why: 'Its first bytes are neither those of pcap nor of pcapng; perhaps a web page or a text was saved in its place.',
      todo: 'give a file written by a capture program (pcap or pcapng).',
    },
    {
      short: '这不是抓包文件。',
      why: '开头的字节既不是 pcap 也不是 pcapng，可能误存了网页或文本。',
      todo: '选用抓包程序写出的 pcap 或 pcapng 文件。',
    },
  ),
  entry(
    'capture.truncated',
    {
      short: 'The file ends in the middle of packet {packet} (byte {offset}).',
      why: 'The capture was cut, perhaps the disk was full or the program was stopped.',
      todo: 'go on with the {packets} whole packets before that.',
    },
    {
      short: '文件在第 {packet} 个数据包中间断了（第 {offset} 字节）。',
      why: '可能抓包时磁盘已满，或抓包程序被强行结束。',
      todo: '前 {packets} 个完整的数据包仍可查看。',
    },
  ),
  entry(
    'capture.bad-caplen',
    {
      short: 'A packet claims an impossible length (byte {offset}).',
      why: 'The file is damaged there, perhaps by a transfer as text.',
      todo: 'go on with the {packets} packets before that; fetch the file again in binary mode.',
    },
    {
      short: '有数据包的长度不可能成立（第 {offset} 字节）。',
      why: '文件在此处损坏，可能曾以文本方式传输。',
      todo: '前 {packets} 个数据包仍可查看；以二进制方式重新取一份。',
    },
  ),
  entry(
    'capture.bad-block-length',
    {
      short: 'A block of the file has a wrong length (byte {offset}).',
      why: 'The two lengths that frame a pcapng block do not agree: the file is damaged there.',
      todo: 'go on with the {packets} packets before that.',
    },
    {
      short: '文件中有一个块的长度不对（第 {offset} 字节）。',
      why: 'pcapng 块首尾的两个长度不一致，文件在此处损坏。',
      todo: '前 {packets} 个数据包仍可查看。',
    },
  ),
  entry(
    'capture.garbage-at-end',
    {
      short: 'Bytes that are no packet stand at the end (byte {offset}).',
      why: 'Something was added to the file, or its end was overwritten.',
      todo: 'go on with the {packets} packets before that.',
    },
    {
      short: '文件末尾有不是数据包的字节（第 {offset} 字节）。',
      why: '文件后面被添加了内容，或结尾被覆盖。',
      todo: '前 {packets} 个数据包仍可查看。',
    },
  ),
  entry(
    'capture.bad-gzip',
    {
      short: 'The compressed file cannot be unpacked to its end.',
      why: 'It was cut or damaged.',
      todo: 'go on with the {packets} packets that could be unpacked; fetch the file again.',
    },
    {
      short: '压缩文件无法完整解开。',
      why: '文件被截断或已损坏。',
      todo: '已解出的 {packets} 个数据包仍可查看；重新取一份文件。',
    },
  ),
  entry(
    'capture.unsupported',
    {
      short: 'The file uses something that is not read here.',
      why: 'Its format is known, one of its features is not.',
      todo: 'save it as pcapng with Wireshark and try again.',
    },
    {
      short: '文件用到了尚不支持的内容。',
      why: '格式认识，但其中某个特性不认识。',
      todo: '用 Wireshark 另存为 pcapng 再试。',
    },
  ),
]

export const outcomeEntries: readonly Entry[] = [
  ...phases.map(([id, en, zh]) => entry(`phase.${id}`, { short: en }, { short: zh })),
  ...outcomes,
  ...captureErrors,
]
