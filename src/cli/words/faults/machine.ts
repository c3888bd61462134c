/** The machine or the net says no: exit 3 as a rule. */
import type { FaultTable } from './fault-text.ts'

/** The values that each error names. */
export interface MachineFaults {
  'port-taken': { address: string; port: number; holder: string }
  'port-denied': { address: string; port: number }
  'address-not-here': { address: string; port: number }
  'certificate-unreadable': { file: string; why: string }
  'test-domain-public': { domain: string; listen: string }
  'data-denied': { data: string }
  'disk-full': { data: string }
  'server-running': { data: string }
  'store-locked': { data: string }
  'store-newer': { data: string }
  'not-a-store': { data: string }
  'store-damaged': { data: string; why: string }
  'store-failed': { data: string; why: string }
  'no-store': { data: string }
  'control-failed': { data: string; why: string }
  'version-differs': { running: string; own: string }
  'data-path-long': { data: string }
  'peer-unreachable': { peer: string; why: string }
  'peer-refused': { peer: string; why: string }
  'peer-certificate': { peer: string; why: string }
  'tls-demanded': { peer: string }
  'demo-failed': { why: string }
  internal: { why: string }
}

export const machineFaults: FaultTable<MachineFaults> = {
  'port-taken': {
    exit: 3,
    en: ({ port, holder }) => ({
      text: `Cannot listen on port ${port}: another program holds it${holder === '' ? '' : ` (${holder})`}.`,
      why: 'Perhaps Postglass already runs.',
      todo: 'stop that program, or move all ports with  npm start -- --shift 1000',
    }),
    zh: ({ port, holder }) => ({
      text: `不能监听端口 ${port}：已被另一个程序占用${holder === '' ? '' : `（${holder}）`}。`,
      why: '可能 Postglass 已经在运行。',
      todo: '停止那个程序，或把全部端口移开  npm start -- --shift 1000',
    }),
  },
  'port-denied': {
    exit: 3,
    en: ({ address, port }) => ({
      text: `Cannot listen on ${address} port ${port}: this user may not.`,
      why: port < 1024 ? 'Ports below 1024 belong to root.' : 'The system forbids it.',
      todo: "use a port above 1023, or give the service systemd's AmbientCapabilities=CAP_NET_BIND_SERVICE",
    }),
    zh: ({ address, port }) => ({
      text: `不能监听 ${address} 的端口 ${port}：当前用户没有权限。`,
      why: port < 1024 ? '1024 以下的端口只归 root。' : '系统不允许。',
      todo: '改用 1023 以上的端口，或在 systemd 中设置 AmbientCapabilities=CAP_NET_BIND_SERVICE',
    }),
  },
  'address-not-here': {
    exit: 3,
    en: ({ address, port }) => ({
      text: `Cannot listen on ${address} port ${port}: this machine has no such address.`,
    }),
    zh: ({ address, port }) => ({ text: `不能监听 ${address} 的端口 ${port}：本机没有这个地址。` }),
  },
  'certificate-unreadable': {
    exit: 3,
    en: ({ file, why }) => ({ text: `Cannot use the certificate or key ${file}.`, why }),
    zh: ({ file, why }) => ({ text: `无法使用证书或密钥 ${file}。`, why }),
  },
  'test-domain-public': {
    exit: 3,
    en: ({ domain, listen }) => ({
      text: `Cannot listen on ${listen} while the test domain ${domain} is served: any password opens its accounts.`,
      todo: 'listen on 127.0.0.1, or set  public = true  under [test]',
    }),
    zh: ({ domain, listen }) => ({
      text: `有测试域 ${domain} 时不能监听 ${listen}：任何口令都能打开它的账户。`,
      todo: '改为监听 127.0.0.1，或在 [test] 下设  public = true',
    }),
  },
  'data-denied': {
    exit: 3,
    en: ({ data }) => ({
      text: `Cannot write to the data directory ${data}: it is read-only, or not this user's.`,
      todo: 'give it to this user, or choose another with  --data DIR',
    }),
    zh: ({ data }) => ({
      text: `不能写入数据目录 ${data}：它是只读的，或不归当前用户。`,
      todo: '把它交给当前用户，或另选目录  --data DIR',
    }),
  },
  'disk-full': {
    exit: 3,
    en: ({ data }) => ({
      text: `Cannot write to the data directory ${data}: the disk is full.`,
      todo: 'make room, then start again; nothing that was acknowledged is lost',
    }),
    zh: ({ data }) => ({
      text: `不能写入数据目录 ${data}：磁盘已满。`,
      todo: '腾出空间后再启动；已确认的邮件不会丢失',
    }),
  },
  'server-running': {
    exit: 3,
    en: ({ data }) => ({
      text: `A Postglass server already runs on ${data}.`,
      todo: 'use that one, stop it, or choose another directory with  --data DIR',
    }),
    zh: ({ data }) => ({
      text: `${data} 上已有 Postglass 服务器在运行。`,
      todo: '直接使用它，或先停止它，或另选目录  --data DIR',
    }),
  },
  'store-locked': {
    exit: 3,
    en: ({ data }) => ({
      text: `The store in ${data} is in use by another command.`,
      todo: 'wait until it is done, then try again',
    }),
    zh: ({ data }) => ({ text: `${data} 中的存储正被另一个命令使用。`, todo: '等它结束后再试' }),
  },
  'store-newer': {
    exit: 3,
    en: ({ data }) => ({
      text: `The store in ${data} was written by a newer Postglass; this one would damage it.`,
      todo: 'use the newer program',
    }),
    zh: ({ data }) => ({
      text: `${data} 中的存储由更新版本的 Postglass 写成，这个版本会损坏它。`,
      todo: '使用新版程序',
    }),
  },
  'not-a-store': {
    exit: 3,
    en: ({ data }) => ({
      text: `${data} is no store of Postglass.`,
      todo: 'choose another directory with  --data DIR',
    }),
    zh: ({ data }) => ({ text: `${data} 不是 Postglass 的存储。`, todo: '另选目录  --data DIR' }),
  },
  'store-damaged': {
    exit: 3,
    en: ({ data, why }) => ({ text: `The store in ${data} is damaged.`, why, todo: 'postglass store repair' }),
    zh: ({ data, why }) => ({ text: `${data} 中的存储已损坏。`, why, todo: 'postglass store repair' }),
  },
  'store-failed': {
    exit: 3,
    en: ({ data, why }) => ({ text: `The store in ${data} failed.`, why }),
    zh: ({ data, why }) => ({ text: `${data} 中的存储出错。`, why }),
  },
  'no-store': {
    exit: 3,
    en: ({ data }) => ({
      text: `There is no store in ${data}.`,
      todo: 'name the directory with  --data DIR, or begin one with  postglass domain add NAME',
    }),
    zh: ({ data }) => ({
      text: `${data} 中没有存储。`,
      todo: '用  --data DIR  指明目录，或新建  postglass domain add NAME',
    }),
  },
  'control-failed': {
    exit: 3,
    en: ({ data, why }) => ({ text: `The server on ${data} did not answer the command.`, why }),
    zh: ({ data, why }) => ({ text: `${data} 上的服务器没有回应命令。`, why }),
  },
  'version-differs': {
    exit: 3,
    en: ({ running, own }) => ({
      text: `The running server is Postglass ${running}, this command ${own}.`,
      todo: 'use one version for both',
    }),
    zh: ({ running, own }) => ({
      text: `运行中的服务器是 Postglass ${running}，这个命令是 ${own}。`,
      todo: '两者使用同一版本',
    }),
  },
  'data-path-long': {
    exit: 3,
    en: ({ data }) => ({
      text: `The path of the data directory ${data} is too long for its control socket.`,
      todo: 'choose a shorter one with  --data DIR',
    }),
    zh: ({ data }) => ({ text: `数据目录 ${data} 的路径过长，放不下控制套接字。`, todo: '另选较短的目录  --data DIR' }),
  },
  'peer-unreachable': {
    exit: 3,
    en: ({ peer, why }) => ({ text: `${peer} cannot be reached.`, why }),
    zh: ({ peer, why }) => ({ text: `连不上 ${peer}。`, why }),
  },
  'peer-refused': {
    exit: 1,
    en: ({ peer, why }) => ({ text: `${peer} refused.`, why }),
    zh: ({ peer, why }) => ({ text: `${peer} 拒绝了请求。`, why }),
  },
  'peer-certificate': {
    exit: 3,
    en: ({ peer, why }) => ({
      text: `The certificate of ${peer} cannot be trusted.`,
      why,
      todo: 'trust a self-signed one with  --ca FILE',
    }),
    zh: ({ peer, why }) => ({ text: `${peer} 的证书不可信。`, why, todo: '自签名证书可用  --ca FILE  信任' }),
  },
  'tls-demanded': {
    exit: 64,
    en: ({ peer }) => ({
      text: `Without TLS only this machine may be reached; ${peer} is elsewhere.`,
      why: 'Everything, the authorization code too, would be readable on the way.',
    }),
    zh: ({ peer }) => ({ text: `不加密只能连本机；${peer} 在别处。`, why: '包括授权码在内，沿途都能读到。' }),
  },
  'demo-failed': {
    exit: 3,
    en: ({ why }) => ({ text: 'The demonstration could not be shown; the server goes on.', why }),
    zh: ({ why }) => ({ text: '演示没有完成；服务器继续运行。', why }),
  },
  internal: {
    exit: 3,
    en: ({ why }) => ({
      text: 'Postglass failed by a fault of its own.',
      why,
      todo: 'run it again with  --debug  and report what it prints',
    }),
    zh: ({ why }) => ({ text: 'Postglass 自身出错。', why, todo: '加  --debug  再运行一次，并报告输出' }),
  },
}
