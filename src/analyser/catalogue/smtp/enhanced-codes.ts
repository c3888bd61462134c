/** Parts of enhanced status codes, RFC 3463 §2-3 and the registry of RFC 5248: class, subject, detail. */
import { rfc, type Entry, type Rule } from '../entry.ts'

type Row = readonly [key: string, en: string, zh: string, rules?: readonly Rule[]]

const classes: readonly Row[] = [
  ['2', 'done', '成功'],
  ['4', 'a no for the moment', '暂时拒绝'],
  ['5', 'a no for good', '永久拒绝'],
]

const subjects: readonly Row[] = [
  ['0', 'about nothing in particular', '未指明方面'],
  ['1', 'about an address', '关于地址'],
  ['2', 'about the mailbox', '关于邮箱'],
  ['3', 'about the mail system', '关于邮件系统'],
  ['4', 'about the network or the way', '关于网络与路由'],
  ['5', 'about the protocol', '关于协议'],
  ['6', 'about the content', '关于内容'],
  ['7', 'about security or policy', '关于安全与策略'],
]

const auth = [rfc(4954, '6')]
const signatures = [rfc(7372, '3')]
const priority = [rfc(6710)]
const international = [rfc(6531)]

/** Detail as `SUBJECT.DETAIL`. Those that say nothing more (`x.0`) are left out. */
const details: readonly Row[] = [
  ['1.1', 'no such mailbox', '邮箱不存在'],
  ['1.2', 'no such domain, or it takes no mail', '域名不存在或不收邮件'],
  ['1.3', 'the recipient address is not well formed', '收件人地址不合语法'],
  ['1.4', 'the address fits more than one mailbox', '地址对应多个邮箱'],
  ['1.5', 'the address is valid', '地址有效'],
  ['1.6', 'the mailbox has moved and left no new address', '邮箱已迁走，未留新地址'],
  ['1.7', 'the sender address is not well formed', '发件人地址不合语法'],
  ['1.8', 'the domain of the sender does not exist', '发件人的域名不存在'],
  ['1.9', 'passed on to a server that sends no delivery reports', '已转给不发回执的服务器', [rfc(5248)]],
  ['1.10', 'the domain says that it takes no mail (null MX)', '域名声明不收邮件（空 MX）', [rfc(7505)]],
  ['2.1', 'the mailbox is switched off', '邮箱已停用'],
  ['2.2', 'the mailbox is full', '邮箱已满'],
  ['2.3', 'the mail is larger than this mailbox may take', '邮件超过该邮箱的限制'],
  ['2.4', 'the mailing list could not be expanded', '无法展开邮件列表'],
  ['3.1', 'the mail system is out of space', '邮件系统空间不足'],
  ['3.2', 'the host takes no mail just now', '主机当前不接收邮件'],
  ['3.3', 'the host lacks a feature this mail needs', '主机缺少所需功能'],
  ['3.4', 'the mail is too large for the host', '邮件超过主机的限制'],
  ['3.5', 'the host is set up wrongly', '主机配置有误'],
  ['3.6', 'another priority was given to the mail', '邮件的优先级被更改', priority],
  ['4.1', 'the next host does not answer', '下一台主机没有应答'],
  ['4.2', 'the connection broke', '连接中断'],
  ['4.3', 'a directory such as DNS could not be asked', '目录服务（如 DNS）查询失败'],
  ['4.4', 'no way to the next host was found', '找不到通往下一台主机的路由'],
  ['4.5', 'too much traffic', '系统拥塞'],
  ['4.6', 'the mail goes round in circles', '邮件在循环转发'],
  ['4.7', 'the mail waited too long', '邮件等待超时'],
  ['5.1', 'the command does not fit here', '命令无效或次序不对'],
  ['5.2', 'the command is not well formed', '命令不合语法'],
  ['5.3', 'too many recipients', '收件人太多'],
  ['5.4', 'an argument of the command is not right', '命令参数有误'],
  ['5.5', 'a version of the protocol that does not fit', '协议版本不匹配'],
  ['5.6', 'a line of the sign-in is too long', '登录数据过长', auth],
  ['6.1', 'this kind of content is not taken', '不接收这种内容'],
  ['6.2', 'the content would have to be converted, which is not allowed', '需要转换内容，但不允许'],
  ['6.3', 'the content would have to be converted, which is not possible', '需要转换内容，但做不到'],
  ['6.4', 'the content was converted with loss', '内容转换时有损失'],
  ['6.5', 'converting the content failed', '内容转换失败'],
  ['6.6', 'the content could not be fetched', '无法取得邮件内容', [rfc(4468)]],
  ['6.7', 'addresses beyond ASCII are not taken for this one', '不接受非 ASCII 地址', international],
  ['6.8', 'the answer would need UTF-8, which is not allowed', '答复需要 UTF-8，但不允许', international],
  ['6.9', 'a header in UTF-8 cannot be passed on', '无法传送 UTF-8 邮件头', international],
  ['6.10', 'the answer would need UTF-8, which is not allowed', '答复需要 UTF-8，但不允许', international],
  ['7.1', 'refused by policy', '被策略拒绝'],
  ['7.2', 'sending to this list is not allowed', '不允许向该列表发信'],
  ['7.3', 'security would have to be converted, which is not possible', '需要转换安全方式，但做不到'],
  ['7.4', 'a security feature is not offered', '不支持所需的安全功能'],
  ['7.5', 'cryptography failed', '密码运算失败'],
  ['7.6', 'this cryptographic method is not offered', '不支持该密码算法'],
  ['7.7', 'the mail was changed on the way', '邮件在途中被改动'],
  ['7.8', 'user name or credential is not right', '用户名或凭据不对', auth],
  ['7.9', 'this way of signing in is too weak', '登录方式太弱', auth],
  ['7.10', 'encryption is needed', '需要加密', [rfc(5248)]],
  ['7.11', 'this way of signing in needs encryption', '该登录方式需要加密', auth],
  ['7.12', 'a new password must be set first', '须先更换口令', auth],
  ['7.13', 'the account is switched off', '账户已停用', [rfc(5248)]],
  ['7.14', 'the two servers do not trust each other', '两台服务器之间没有信任关系', [rfc(5248)]],
  ['7.15', 'the priority is too low for now', '优先级太低', priority],
  ['7.16', 'the mail is too large for its priority', '对该优先级而言邮件太大', priority],
  ['7.17', 'the mailbox has changed hands', '邮箱已换主人', [rfc(7293)]],
  ['7.18', 'the domain has changed hands', '域名已换主人', [rfc(7293)]],
  ['7.19', 'whether the mailbox changed hands cannot be told', '无法判断邮箱是否换过主人', [rfc(7293)]],
  ['7.20', 'no DKIM signature passes', '没有通过验证的 DKIM 签名', signatures],
  ['7.21', 'no DKIM signature is acceptable', '没有可接受的 DKIM 签名', signatures],
  ['7.22', 'no DKIM signature belongs to the author', '没有与作者相符的 DKIM 签名', signatures],
  ['7.23', 'the SPF check failed', 'SPF 验证未通过', signatures],
  ['7.24', 'the SPF check met an error', 'SPF 验证出错', signatures],
  ['7.25', 'the client address has no fitting name in DNS', '客户端地址的反向解析不符', signatures],
  ['7.26', 'several authentication checks failed', '多项来源验证未通过', signatures],
  ['7.27', 'the domain of the sender takes no mail (null MX)', '发件人的域名不收邮件（空 MX）', [rfc(7505)]],
  ['7.28', 'too many mails in a short time', '短时间内邮件过多', [rfc(5248)]],
  ['7.29', 'the ARC check failed', 'ARC 验证未通过', [rfc(8617)]],
  ['7.30', 'TLS all the way is demanded and not possible', '要求全程 TLS，但做不到', [rfc(8689)]],
]

function entries(prefix: string, section: string, rows: readonly Row[]): readonly Entry[] {
  return rows.map(([key, en, zh, rules]) => ({
    id: `smtp.enhanced.${prefix}${key}`,
    rfc: rules ?? [rfc(3463, section)],
    en: { short: en },
    zh: { short: zh },
  }))
}

export const smtpEnhancedCodes: readonly Entry[] = [
  ...entries('class.', '2', classes),
  ...entries('subject.', '2', subjects),
  ...entries('', '3', details),
  {
    id: 'smtp.enhanced.sentence',
    rfc: [rfc(2034), rfc(3463, '2')],
    en: { short: 'The finer code {code} says: {class}, {subject}: {detail}.' },
    zh: { short: '细分状态码 {code}：{class}，{subject}，{detail}。' },
  },
]
