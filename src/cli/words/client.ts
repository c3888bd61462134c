/** What `send` and `fetch` say. */
import { counted } from './words.ts'
import type { Both } from './words.ts'

export interface ClientWords {
  readonly recipientHead: readonly string[]
  readonly sent: (queueId: string | undefined) => string
  readonly nothingSent: string
  readonly fetched: (count: number, listed: number) => string
  readonly kept: (file: string) => string
  readonly sending: string
}

export const clientWords: Both<ClientWords> = {
  en: {
    recipientHead: ['recipient', 'code', 'the server says'],
    sent: (queueId) => (queueId === undefined ? 'Accepted.' : `Accepted as ${queueId}.`),
    nothingSent: 'Nothing was sent.',
    fetched: (count, listed) => `${count} of ${counted(listed, 'message')} fetched.`,
    kept: (file) => `written to ${file}`,
    sending: 'sending',
  },
  'zh-CN': {
    recipientHead: ['收件人', '响应码', '服务器的话'],
    sent: (queueId) => (queueId === undefined ? '已接收。' : `已接收，编号 ${queueId}。`),
    nothingSent: '没有发出。',
    fetched: (count, listed) => `共 ${listed} 封，取回 ${count} 封。`,
    kept: (file) => `已写入 ${file}`,
    sending: '发送',
  },
}
