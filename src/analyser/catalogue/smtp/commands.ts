/** What SMTP commands mean. RFC 5321 §4.1.1, RFC 4954, RFC 3207, RFC 3030. */
import type { Entry } from '../entry.ts'

export const smtpCommands: readonly Entry[] = [
  {
    id: 'smtp.command.EHLO',
    rfc: [{ number: 5321, section: '4.1.1.1' }],
    en: {
      short: 'The client names itself and asks for extensions.',
      long: 'EHLO opens the session. The name after it is what the client calls itself; the server answers with the list of extensions it offers.',
    },
    zh: {
      short: '客户端报上名字，询问支持哪些扩展。',
      long: 'EHLO 开始会话。后面是客户端自报的名字；服务器用扩展列表作答。',
    },
  },
]
