/** Findings about time, TCP and the capture. */
import { rfc } from '../entry.ts'
import type { FindingRow } from './finding-row.ts'

export const courseFindings: readonly FindingRow[] = [
  {
    id: 'slow-banner',
    rfc: [],
    title: ['The server took {seconds} seconds to greet', '服务器过了 {seconds} 秒才问候'],
    why: [
      'It may look up the client in DNS first, or wait on purpose to find out who speaks too early.',
      '可能先查询客户端的 DNS，也可能故意等待，看谁抢先发言。',
    ],
  },
  {
    id: 'slow-reply',
    rfc: [],
    title: ['An answer took {seconds} seconds', '有答复等了 {seconds} 秒'],
    why: [
      'The server was busy, checked the mail, or asked someone else first.',
      '服务器可能繁忙、在检查邮件，或先去问了别的系统。',
    ],
    note: ['Came after {seconds} seconds.', '等了 {seconds} 秒。'],
  },
  {
    id: 'idle-client',
    rfc: [],
    title: ['The client was silent for {seconds} seconds', '客户端沉默了 {seconds} 秒'],
    why: [
      'A person at a terminal, or a program that keeps the connection open. Servers close after some minutes of silence.',
      '可能有人在手动输入，或程序在保持连接；沉默几分钟后服务器会关闭连接。',
    ],
    note: ['Came after {seconds} seconds of silence.', '沉默 {seconds} 秒后才发出。'],
  },
  {
    id: 'retransmissions',
    rfc: [rfc(9293, '3.8')],
    title: ['{count} packets were sent again', '有 {count} 个数据包被重传'],
    why: [
      'Packets were lost on the way, so the conversation took longer. The content is not touched by it.',
      '途中有丢包，会话因此变慢，内容不受影响。',
    ],
  },
  {
    id: 'overlap-conflict',
    rfc: [rfc(9293)],
    title: ['The same bytes came twice with different content', '同一段字节出现两次，内容不同'],
    why: [
      'A damaged packet, or someone who sends a second version to mislead what listens. The first one is shown here.',
      '可能是数据包损坏，也可能有人发送第二份内容来误导旁听者；这里显示先到的一份。',
    ],
  },
  {
    id: 'capture-holes',
    rfc: [],
    title: ['The capture lacks {size} {size|byte|bytes} of this conversation', '抓包缺少该会话的 {size} 字节'],
    why: [
      'The recording program could not keep up, or packets took another way. What stands round the holes is read as far as it goes.',
      '抓包程序来不及记录，或数据包走了别的路。缺口前后的内容已尽量解读。',
    ],
    todo: ['record again with a larger buffer and a filter.', '用更大的缓冲区和过滤条件重新抓包。'],
  },
  {
    id: 'joined-midway',
    rfc: [],
    title: ['The capture begins in the middle of this conversation', '抓包从会话中途开始'],
    why: [
      'What came before is not known; some lines are read by assumption.',
      '之前的内容不得而知，部分行按推测解读。',
    ],
    todo: ['start recording before the connection is made.', '在建立连接之前开始抓包。'],
  },
  {
    id: 'one-direction',
    rfc: [],
    title: ['Only one side of this conversation is in the capture', '抓包里只有会话的一个方向'],
    why: [
      'The other side took another way past the recording place. Answers are missing, so outcomes cannot be told.',
      '另一个方向没有经过抓包位置，看不到答复，也就无法判断结果。',
    ],
    todo: ['record on one of the two machines.', '在通信双方的其中一台上抓包。'],
  },
  {
    id: 'reset.client',
    rfc: [rfc(9293)],
    title: ['The client broke the connection off (RST)', '客户端强行断开了连接（RST）'],
    why: [
      'The program ended or gave up. What was not answered before is not sure.',
      '程序退出或放弃，此前没有得到答复的都不能确定。',
    ],
  },
  {
    id: 'reset.server',
    rfc: [rfc(9293)],
    title: ['The server broke the connection off (RST)', '服务器强行断开了连接（RST）'],
    why: [
      'The server or a firewall gave up. What was not answered before is not sure.',
      '服务器或防火墙中断了连接，此前没有得到答复的都不能确定。',
    ],
  },
]
