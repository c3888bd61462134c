/** Parameters of MAIL and RCPT, RFC 5321 §4.1.2; ids `smtp.parameter.KEY`, param `value`. */
import { rfc, type Entry } from '../entry.ts'

/** Each row: key, where it is written, English, Chinese. */
const rows: readonly (readonly [string, Entry['rfc'], string, string])[] = [
  [
    'SIZE',
    [rfc(1870)],
    'Size of the mail as the client reckons it, in bytes; too large is refused at once.',
    '客户端估算的邮件大小（字节），过大会立即被拒。',
  ],
  [
    'BODY',
    [rfc(6152)],
    'How the body is written: 7BIT, 8BITMIME or BINARYMIME.',
    '正文的形式：7BIT、8BITMIME 或 BINARYMIME。',
  ],
  [
    'SMTPUTF8',
    [rfc(6531, '3.4')],
    'Addresses or header fields hold characters beyond ASCII.',
    '地址或邮件头含有 ASCII 以外的字符。',
  ],
  [
    'RET',
    [rfc(3461, '4.3')],
    'What a bounce shall bring back: FULL mail or only its header (HDRS).',
    '退信带回什么：全文（FULL）或只有邮件头（HDRS）。',
  ],
  [
    'ENVID',
    [rfc(3461, '4.4')],
    'A mark of the sender, given back in a delivery report.',
    '发件人的标记，投递回执里会带回。',
  ],
  [
    'NOTIFY',
    [rfc(3461, '4.1')],
    'When to report on this recipient: SUCCESS, FAILURE, DELAY or NEVER.',
    '何时发回执：SUCCESS、FAILURE、DELAY 或 NEVER。',
  ],
  [
    'ORCPT',
    [rfc(3461, '4.2')],
    'The recipient as first addressed, before any forwarding.',
    '最初填写的收件人，即转发之前的地址。',
  ],
  [
    'AUTH',
    [rfc(4954, '5')],
    'Who handed the mail in first; <> when unknown or not trusted.',
    '最初提交这封邮件的人；不明或不可信时为 <>。',
  ],
  ['HOLDFOR', [rfc(4865)], 'Keep the mail for so many seconds before sending it.', '先保留这么多秒再发送。'],
  ['HOLDUNTIL', [rfc(4865)], 'Keep the mail until this time before sending it.', '保留到这个时间再发送。'],
  ['BY', [rfc(2852)], 'Deliver within so many seconds, or return it or tell.', '须在这么多秒内送达，否则退回或通知。'],
  ['MT-PRIORITY', [rfc(6710)], 'How urgent the mail is, from -9 to 9.', '邮件的紧急程度，从 -9 到 9。'],
  [
    'RRVS',
    [rfc(7293)],
    'Deliver only if the mailbox has not changed hands since this time.',
    '仅当邮箱自此时起未换主人才投递。',
  ],
  ['REQUIRETLS', [rfc(8689)], 'Pass this mail on only through TLS, all the way.', '全程只允许通过 TLS 传送这封邮件。'],
  [
    'SUBMITTER',
    [rfc(4405)],
    'Who is responsible for sending it now; an experiment that was given up.',
    '目前由谁负责发送；实验性扩展，已少用。',
  ],
  ['CONPERM', [rfc(4141)], 'The content may be converted on the way.', '允许途中转换内容。'],
  ['CONNEG', [rfc(4141)], 'What the receiving side can show, to convert by it.', '按收件方能显示的格式转换内容。'],
  ['MTRK', [rfc(3885)], 'Lets the sender ask later where the mail is.', '让发件人以后能查询邮件去向。'],
  ['TRANSID', [rfc(1845)], 'A mark to take up a broken transfer again.', '断线后继续传送所用的标记。'],
  ['SOLICIT', [rfc(3865)], 'Says what kind of advertising this is.', '说明这是哪一类广告邮件。'],
]

export const smtpParameters: readonly Entry[] = [
  ...rows.map(([key, rules, en, zh]) => ({
    id: `smtp.parameter.${key}`,
    rfc: rules,
    en: { short: en },
    zh: { short: zh },
  })),
  {
    id: 'smtp.parameter',
    rfc: [rfc(5321, '4.1.2')],
    en: {
      short: 'A parameter that no rule known here defines.',
      long: 'Parameters stand behind the address, each as NAME or NAME=VALUE, and only where the server offered the extension.',
    },
    zh: {
      short: '没有已知规范定义的参数。',
      long: '参数写在地址之后，形式为 NAME 或 NAME=VALUE，只能用于服务器提供的扩展。',
    },
  },
]
