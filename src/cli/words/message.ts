/** The words round one message. */
import { counted } from './words.ts'
import type { Both } from './words.ts'

export interface MessageWords {
  readonly opened: (size: number) => string
  readonly text: string
  readonly html: string
  readonly parts: string
  readonly remarks: string
  readonly bytes: (size: number) => string
  readonly attachment: string
  readonly cut: (lines: number) => string
}

export const messageWords: Both<MessageWords> = {
  en: {
    opened: (size) => `message, ${counted(size, 'byte')}`,
    text: 'Text',
    html: 'HTML, as source',
    parts: 'Parts',
    remarks: 'Against the rules',
    bytes: (size) => counted(size, 'byte'),
    attachment: 'attachment',
    cut: (lines) => `.. ${counted(lines, 'more line')}`,
  },
  'zh-CN': {
    opened: (size) => `邮件，${size} 字节`,
    text: '文本',
    html: 'HTML 源码',
    parts: '组成',
    remarks: '不合规范之处',
    bytes: (size) => `${size} 字节`,
    attachment: '附件',
    cut: (lines) => `.. 还有 ${lines} 行`,
  },
}
