/** What the remarks of `wire/message` mean. Only what troubles a receiver is worth a finding. */
import type { RemarkRow } from './remark-row.ts'

export const messageRemarks: readonly RemarkRow[] = [
  {
    rule: 'missing-date',
    severity: 'note',
    note: ['The mail has no Date.', '邮件没有 Date。'],
    title: ['The mail has no date', '邮件没有日期'],
    why: [
      'Every mail must carry one; without it programs sort it oddly, and spam filters count it against the sender.',
      '每封邮件都应有日期，缺少时排序会乱，垃圾邮件过滤器也会扣分。',
    ],
    todo: ['let the sending program write a Date field.', '让发送程序写上 Date 字段。'],
  },
  {
    rule: 'missing-from',
    severity: 'caution',
    note: ['The mail has no From.', '邮件没有 From。'],
    title: ['The mail names no author', '邮件没有作者'],
    why: [
      'From is demanded; many servers refuse a mail without it, and readers see an empty sender.',
      'From 是必需的，许多服务器会拒收，读信的人看到的发件人也是空的。',
    ],
    todo: ['let the sending program write a From field.', '让发送程序写上 From 字段。'],
  },
  {
    rule: 'missing-message-id',
    severity: 'note',
    note: ['The mail has no Message-ID.', '邮件没有 Message-ID。'],
    title: ['The mail has no Message-ID', '邮件没有 Message-ID'],
    why: [
      'Without it answers cannot be joined to it, and spam filters count it against the sender.',
      '没有它，回信无法归入同一会话，垃圾邮件过滤器也会扣分。',
    ],
    todo: ['let the sending program or the submission server write one.', '让发送程序或提交服务器补上。'],
  },
  {
    rule: 'missing-sender',
    severity: 'note',
    note: ['Several authors, and no Sender says who sent it.', '有多位作者，却没有 Sender 说明由谁发送。'],
  },
  {
    rule: 'missing-mime-version',
    severity: 'note',
    note: ['MIME parts without the field MIME-Version.', '用了 MIME 结构，却没有 MIME-Version。'],
  },
  {
    rule: 'duplicate-field',
    severity: 'caution',
    note: ['A field that may stand once stands twice.', '只能出现一次的字段出现了两次。'],
    title: ['A header field stands twice', '有邮件头字段重复'],
    why: [
      'Programs differ in which one they show, so a reader may see another sender than the check saw.',
      '各程序显示哪一个并不一致，读信人看到的发件人可能与被检查的不同。',
    ],
  },
  { rule: 'date-unreadable', severity: 'note', note: ['The date cannot be read.', '日期无法识别。'] },
  {
    rule: 'address-unreadable',
    severity: 'note',
    note: ['An address in the header cannot be read.', '邮件头里有地址无法识别。'],
  },
  {
    rule: 'message-id-unreadable',
    severity: 'note',
    note: ['The Message-ID is not well formed.', 'Message-ID 不合语法。'],
  },
  {
    rule: 'eight-bit-header',
    severity: 'note',
    note: ['Bytes beyond ASCII stand bare in the header.', '邮件头里直接写了非 ASCII 字节。'],
  },
  {
    rule: 'utf8-header',
    severity: 'note',
    note: ['UTF-8 stands bare in the header; that needs SMTPUTF8.', '邮件头里直接写了 UTF-8，需要 SMTPUTF8。'],
  },
  {
    rule: 'missing-blank-line',
    severity: 'note',
    note: ['No empty line stands between header and body.', '邮件头与正文之间没有空行。'],
  },
  {
    rule: 'mbox-from-line',
    severity: 'note',
    note: ['The first line is left over from a mailbox file.', '第一行是邮箱文件遗留的内容。'],
  },
  {
    rule: 'space-before-colon',
    severity: 'note',
    note: ['A blank stands before the colon of a field.', '字段名与冒号之间有空格。'],
  },
  {
    rule: 'encoded-word-broken',
    severity: 'note',
    note: ['An encoded word in the header cannot be decoded.', '邮件头里有无法解码的编码词。'],
  },
  {
    rule: 'encoded-word-in-quotes',
    severity: 'note',
    note: ['An encoded word stands in quotes, where it should not.', '编码词写在引号里，位置不对。'],
  },
  {
    rule: 'content-type-unreadable',
    severity: 'note',
    note: ['A Content-Type cannot be read; the part counts as plain text.', 'Content-Type 无法识别，按纯文本处理。'],
  },
  {
    rule: 'parameter-unreadable',
    severity: 'note',
    note: ['A parameter of a field cannot be read.', '字段参数无法识别。'],
  },
  {
    rule: 'parameter-duplicate',
    severity: 'note',
    note: ['A parameter stands twice; the first one counts.', '参数重复，以第一个为准。'],
  },
  {
    rule: 'parameter-continuation-broken',
    severity: 'note',
    note: ['A parameter in pieces lacks one of them.', '分段书写的参数缺了一段。'],
  },
  { rule: 'encoding-unknown', severity: 'note', note: ['A transfer encoding that is not known.', '传输编码未知。'] },
  {
    rule: 'encoding-on-composite',
    severity: 'note',
    note: ['A transfer encoding on a part that holds parts.', '包含子部分的部分不应再用传输编码。'],
  },
  {
    rule: 'eight-bit-body',
    severity: 'note',
    note: ['Bytes beyond ASCII in a part that says 7bit.', '声明为 7bit 的部分含有非 ASCII 字节。'],
  },
  { rule: 'base64-broken', severity: 'note', note: ['The base64 of a part is damaged.', '某一部分的 Base64 已损坏。'] },
  {
    rule: 'quoted-printable-broken',
    severity: 'note',
    note: ['The quoted-printable of a part is damaged.', '某一部分的 quoted-printable 已损坏。'],
  },
  { rule: 'charset-unknown', severity: 'note', note: ['A character set that is not known.', '字符集未知。'] },
  {
    rule: 'boundary-missing',
    severity: 'note',
    note: ['A multipart names no boundary.', 'multipart 没有给出分界线。'],
  },
  {
    rule: 'boundary-not-found',
    severity: 'note',
    note: ['The boundary that is named never comes.', '给出的分界线没有出现。'],
  },
  {
    rule: 'boundary-not-closed',
    severity: 'note',
    note: ['The last boundary is missing: the mail may be cut.', '缺少结尾的分界线，邮件可能不完整。'],
  },
  {
    rule: 'boundary-reused',
    severity: 'note',
    note: ['A part inside uses the same boundary as the one round it.', '内层与外层用了相同的分界线。'],
  },
  {
    rule: 'limit-depth',
    severity: 'note',
    note: ['Parts are nested deeper than is read.', '嵌套层数过多，不再深入解读。'],
  },
  {
    rule: 'limit-parts',
    severity: 'note',
    note: ['The mail has more parts than are read.', '邮件的部分过多，其余不再解读。'],
  },
  {
    rule: 'limit-header-bytes',
    severity: 'note',
    note: ['The header is larger than is read.', '邮件头过大，其余不再解读。'],
  },
  {
    rule: 'limit-fields',
    severity: 'note',
    note: ['The header has more fields than are read.', '邮件头字段过多，其余不再解读。'],
  },
]
