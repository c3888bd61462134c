/** Mails, holes, sealing and unreadable bytes. Ids `message.*`, `hole.*`, `sealing.*`, `sealed.*`, `unreadable.*`. */
import { rfc, type Entry, type Rule } from './entry.ts'

type Pair = readonly [en: string, zh: string]
type Row = readonly [id: string, rules: readonly Rule[], short: Pair, long?: Pair]

const format = [rfc(5322, '2.1'), rfc(2045)]

const shapeLong: Pair = [
  'A mail is a header, an empty line and a body. The body may be a tree of parts: the same text as plain text and as HTML, and files attached.',
  '邮件由邮件头、一个空行和正文组成。正文可以分成若干部分：同一内容的纯文本和 HTML，以及附件。',
]

const rows: readonly Row[] = [
  ['message.text', format, ['{fields:list}; one text.', '含 {fields:list}；正文为文本。'], shapeLong],
  ['message.html', format, ['{fields:list}; an HTML part.', '含 {fields:list}；正文为 HTML。'], shapeLong],
  [
    'message.text-html',
    format,
    ['{fields:list}; a text part and an HTML part.', '含 {fields:list}；文本与 HTML 两部分。'],
    shapeLong,
  ],
  [
    'message.text-attached',
    format,
    [
      '{fields:list}; a text part and {count} {count|attachment|attachments}.',
      '含 {fields:list}；文本，附件 {count} 个。',
    ],
    shapeLong,
  ],
  [
    'message.html-attached',
    format,
    [
      '{fields:list}; an HTML part and {count} {count|attachment|attachments}.',
      '含 {fields:list}；HTML，附件 {count} 个。',
    ],
    shapeLong,
  ],
  [
    'message.text-html-attached',
    format,
    [
      '{fields:list}; text, HTML and {count} {count|attachment|attachments}.',
      '含 {fields:list}；文本与 HTML，附件 {count} 个。',
    ],
    shapeLong,
  ],
  [
    'message.attached',
    format,
    [
      '{fields:list}; {count} {count|attachment|attachments}, no text.',
      '含 {fields:list}；附件 {count} 个，没有文本。',
    ],
    shapeLong,
  ],
  ['message.empty', format, ['{fields:list}; no body.', '含 {fields:list}；没有正文。'], shapeLong],
  [
    'message.head',
    [rfc(1939, '7')],
    ['The head of the mail: {fields:list}.', '邮件开头：{fields:list}。'],
    [
      'TOP shows the header and the first lines without fetching the mail whole.',
      'TOP 只显示邮件头和前几行，不必取全文。',
    ],
  ],
  ['message.bare', format, ['Text without a header.', '没有邮件头的文字。'], shapeLong],
  [
    'message.nothing',
    format,
    ['An empty message.', '空邮件。'],
    ['Not even a header: only the closing dot was sent.', '连邮件头也没有，只发送了结尾的点。'],
  ],
  [
    'message.cut',
    format,
    ['{fields:list}; the end is not in the capture.', '含 {fields:list}；结尾不在抓包里。'],
    [
      'Bytes of the mail are missing in the capture, or the connection ended before the closing dot.',
      '抓包缺少部分内容，或连接在结尾的点之前就断了。',
    ],
  ],
  [
    'message.cut-bare',
    format,
    ['A piece of a mail; the rest is not in the capture.', '邮件的一部分，其余不在抓包里。'],
    [
      'Bytes of the mail are missing in the capture, or the connection ended before the closing dot.',
      '抓包缺少部分内容，或连接在结尾的点之前就断了。',
    ],
  ],
  [
    'message.piece',
    [rfc(3030, '2')],
    ['A piece of the mail.', '邮件的一段。'],
    [
      'The mail is whole with the last piece; what it is made of is told there.',
      '到最后一段邮件才完整，组成在那里说明。',
    ],
  ],
  [
    'hole.not-captured',
    [],
    [
      'The capture has a hole here; what follows is read from the next whole line.',
      '抓包在此缺失，从下一个完整行继续解读。',
    ],
    [
      'These bytes crossed the network, since the other side acknowledged them, but they were not recorded. As a rule the recording program could not keep up.',
      '这些字节确实传输过，对方已经确认，只是没有被抓到，多半是抓包程序来不及记录。',
    ],
  ],
  [
    'hole.cut',
    [],
    ['The capture kept only the first bytes of each packet.', '抓包只保留了每个数据包的开头。'],
    [
      'A snap length was set when recording. Record again without one to see whole lines.',
      '抓包时设了长度上限（snaplen），取消上限重新抓取才能看到完整内容。',
    ],
  ],
  [
    'hole.not-kept',
    [],
    ['These bytes were not kept.', '这些字节没有保留。'],
    [
      'Only facts are kept of this connection, or the recorder reached its limit.',
      '这个连接只保留了要点，或记录已达上限。',
    ],
  ],
  [
    'sealing.readable',
    [rfc(8446)],
    ['Sealed from here on.', '此后为加密传输。'],
    [
      'Both sides agreed on keys. What follows crossed the network encrypted and is readable here because the keys are at hand.',
      '双方已商定密钥。此后的内容在网络上是密文，因为持有密钥才能在这里读到。',
    ],
  ],
  [
    'sealing.closed',
    [rfc(8446)],
    ['Sealed from here on; only sizes and times can be told.', '此后为加密传输，只能看到大小与时间。'],
    [
      'Both sides agreed on keys that are not here. Who talked to whom, when and how much stays visible; what was said does not.',
      '双方商定的密钥不在手边。仍能看到谁与谁、何时、传了多少，看不到内容。',
    ],
  ],
  [
    'sealing.own',
    [rfc(8446)],
    ['Sealed from here on: {tls}.', '此后为加密传输：{tls}。'],
    [
      'Both sides agreed on keys. This end of the connection was ours, so what follows can be told.',
      '双方已商定密钥。连接的一端是我们自己，因此之后的内容可以解读。',
    ],
  ],
  [
    'sealed.records',
    [rfc(8446, '5')],
    ['Encrypted.', '密文。'],
    [
      'TLS packs what is said into records. From outside only their number, sizes and times can be seen.',
      'TLS 把内容装进记录里，从外面只能看到数量、大小和时间。',
    ],
  ],
  [
    'unreadable',
    [],
    ['Not a line of this protocol; shown as bytes.', '不是该协议的内容，按字节显示。'],
    [
      'Bytes that follow none of the rules of this protocol; they are shown as they are.',
      '不符合该协议任何规则的字节，按原样显示。',
    ],
  ],
  ['unreadable.smtp', [rfc(5321, '2.4')], ['Not SMTP; shown as bytes.', '不是 SMTP，按字节显示。']],
  ['unreadable.pop3', [rfc(1939, '3')], ['Not POP3; shown as bytes.', '不是 POP3，按字节显示。']],
  ['unreadable.lmtp', [rfc(2033, '4')], ['Not LMTP; shown as bytes.', '不是 LMTP，按字节显示。']],
  [
    'unreadable.secret',
    [],
    ['Not a command; it may hold a credential, so it is hidden.', '不是命令，可能含有登录凭据，因此隐藏。'],
    [
      'It stands close to a sign-in. When a password is typed at the wrong prompt, it looks like this.',
      '它紧挨着登录过程，把口令打在错误的提示下就是这个样子。',
    ],
  ],
]

export const messageEntries: readonly Entry[] = rows.map(([id, rules, short, long]) => ({
  id,
  rfc: rules,
  en: long === undefined ? { short: short[0] } : { short: short[0], long: long[0] },
  zh: long === undefined ? { short: short[1] } : { short: short[1], long: long[1] },
}))
