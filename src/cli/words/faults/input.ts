/** Input that cannot be read: exit 2. */
import type { CaptureErrorKind } from '../../../wire/packet/capture.ts'
import type { Both } from '../words.ts'
import type { FaultTable } from './fault-text.ts'

/** The values that each error names. */
export interface InputFaults {
  'file-missing': { file: string }
  'file-denied': { file: string }
  'file-folder': { file: string }
  'file-unreadable': { file: string; why: string }
  'capture-cut': { file: string; packet: number; offset: number; whole: number }
  'capture-damaged': { file: string; kind: CaptureErrorKind; offset: number; whole: number }
  'capture-empty': { file: string }
  'capture-unknown': { file: string }
}

const captureKinds: Both<Record<CaptureErrorKind, string>> = {
  en: {
    empty: 'It is empty.',
    'bad-magic': 'It does not begin like a capture.',
    truncated: 'It was cut.',
    'bad-caplen': 'A packet claims an impossible length.',
    'bad-block-length': 'A block claims an impossible length.',
    'garbage-at-end': 'What follows is no packet.',
    'bad-gzip': 'Its compression is damaged.',
    unsupported: 'It is of a kind that is not read.',
  },
  'zh-CN': {
    empty: '文件是空的。',
    'bad-magic': '开头不像抓包文件。',
    truncated: '文件被截断。',
    'bad-caplen': '有一个数据包的长度不可能成立。',
    'bad-block-length': '有一个数据块的长度不可能成立。',
    'garbage-at-end': '后面的内容不是数据包。',
    'bad-gzip': '压缩数据已损坏。',
    unsupported: '不支持这种格式。',
  },
}

export const inputFaults: FaultTable<InputFaults> = {
  'file-missing': {
    exit: 2,
    en: ({ file }) => ({ text: `Cannot read ${file}: there is no such file.` }),
    zh: ({ file }) => ({ text: `读不了 ${file}：没有这个文件。` }),
  },
  'file-denied': {
    exit: 2,
    en: ({ file }) => ({ text: `Cannot read ${file}: this user may not.` }),
    zh: ({ file }) => ({ text: `读不了 ${file}：当前用户没有权限。` }),
  },
  'file-folder': {
    exit: 2,
    en: ({ file }) => ({ text: `Cannot read ${file}: it is a folder.` }),
    zh: ({ file }) => ({ text: `读不了 ${file}：它是一个文件夹。` }),
  },
  'file-unreadable': {
    exit: 2,
    en: ({ file, why }) => ({ text: `Cannot read ${file}.`, why }),
    zh: ({ file, why }) => ({ text: `读不了 ${file}。`, why }),
  },
  'capture-cut': {
    exit: 2,
    en: ({ file, packet, offset, whole }) => ({
      text: `${file} ends in the middle of packet ${packet} (byte ${offset}).`,
      why: `The capture was cut, perhaps the disk was full or the program was stopped.${
        whole === 0
          ? ''
          : whole === 1
            ? '\nThe one whole packet before that is explained above.'
            : `\nThe ${whole} whole packets before that are explained above.`
      }`,
    }),
    zh: ({ file, packet, offset, whole }) => ({
      text: `读不完 ${file}：文件在第 ${packet} 个数据包中间断了（第 ${offset} 字节）。`,
      why: `可能抓包时磁盘已满，或抓包程序被强行结束。${
        whole === 0 ? '' : `\n前 ${whole} 个完整的数据包已在上面逐行解释。`
      }`,
    }),
  },
  'capture-damaged': {
    exit: 2,
    en: ({ file, kind, offset, whole }) => ({
      text: `${file} cannot be read beyond byte ${offset}.`,
      why: `${captureKinds.en[kind]}${whole === 0 ? '' : `\nWhat stood before that (${whole === 1 ? '1 packet' : `${whole} packets`}) is explained above.`}`,
    }),
    zh: ({ file, kind, offset, whole }) => ({
      text: `${file} 从第 ${offset} 字节起无法读取。`,
      why: `${captureKinds['zh-CN'][kind]}${whole === 0 ? '' : `\n之前的 ${whole} 个数据包已在上面逐行解释。`}`,
    }),
  },
  'capture-empty': {
    exit: 2,
    en: ({ file }) => ({
      text: `${file} is empty.`,
      why: 'Perhaps the capture program could not write, or never saw a packet.',
    }),
    zh: ({ file }) => ({ text: `${file} 是空文件。`, why: '可能抓包程序没能写入，或始终没有抓到数据包。' }),
  },
  'capture-unknown': {
    exit: 2,
    en: ({ file }) => ({
      text: `${file} is no capture: it is neither pcap nor pcapng, plain or in gzip.`,
      todo: 'save it in Wireshark as pcapng; a single message is read by  postglass message FILE',
    }),
    zh: ({ file }) => ({
      text: `${file} 不是抓包文件：既不是 pcap 也不是 pcapng（包括 gzip 压缩的）。`,
      todo: '在 Wireshark 中另存为 pcapng；单封邮件用  postglass message FILE',
    }),
  },
}
