/** What an engine hears of conversations that are odd, broken or only partly here: events in, words out. */
import assert from 'node:assert/strict'
import test from 'node:test'
import { hearAll } from './conversation.test-support.ts'

const greeted = ['S: 220 hi\r\n', 'C: EHLO a.test\r\n', 'S: 250-x\r\n250-CHUNKING\r\n250 AUTH PLAIN\r\n']
const heardGreeted = ['S 220', 'C EHLO', 'S 250 to EHLO']
const mail = ['C: MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n', 'S: 250 a\r\n250 b\r\n354 c\r\n']
const heardMail = ['C MAIL', 'C RCPT', 'C DATA', 'S 250 to MAIL', 'S 250 to RCPT', 'S 354 to DATA']

const stories: readonly [name: string, events: readonly string[], heard: readonly string[], options?: object][] = [
  // pairing
  ['a reply that nobody asked for', [...greeted, 'S: 421 timeout\r\n'], [...heardGreeted, 'S 421']],
  [
    '421 instead of an answer',
    [...greeted, 'C: NOOP\r\n', 'S: 421 bye\r\n'],
    [...heardGreeted, 'C NOOP', 'S 421 to NOOP'],
  ],
  [
    'a client that does not wait for the greeting',
    ['C: EHLO a.test\r\n', 'S: 220 hi\r\n250 x\r\n'],
    ['C EHLO (before-greeting)', 'S 220', 'S 250 to EHLO'],
  ],
  ['a greeting that refuses', ['C: EHLO a.test\r\n', 'S: 554 no\r\n'], ['C EHLO (before-greeting)', 'S 554']],
  [
    'a body that does not wait for 354, replies all at once',
    [
      ...greeted,
      'C: MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\nx\r\n.\r\nQUIT\r\n',
      'S: 250 a\r\n250 b\r\n354 c\r\n250 d\r\n221 e\r\n',
    ],
    [
      ...heardGreeted,
      'C MAIL',
      'C RCPT',
      'C DATA',
      'S 250 to MAIL',
      'S 250 to RCPT',
      'S 354 to DATA',
      'C body "x\\r\\n" last',
      'C QUIT',
      'S 250 to message',
      'S 221 to QUIT',
    ],
  ],
  [
    'DATA refused: what follows are commands',
    [...greeted, 'C: DATA\r\nQUIT\r\n', 'S: 503 no\r\n221 bye\r\n'],
    [...heardGreeted, 'C DATA', 'S 503 to DATA (no-mail)', 'C QUIT', 'S 221 to QUIT'],
  ],
  [
    'AUTH refused at once: what follows are commands',
    [...greeted, 'C: AUTH PLAIN\r\nNOOP\r\n', 'S: 504 no\r\n250 ok\r\n'],
    [...heardGreeted, 'C AUTH', 'S 504 to AUTH', 'C NOOP', 'S 250 to NOOP'],
  ],
  [
    'a sign-in that is cancelled',
    [...greeted, 'C: AUTH PLAIN\r\n', 'S: 334 \r\n', 'C: *\r\nNOOP\r\n', 'S: 501 ok\r\n250 ok\r\n'],
    [...heardGreeted, 'C AUTH', 'S 334 to AUTH', 'C cancel', 'S 501 to answer', 'C NOOP', 'S 250 to NOOP'],
  ],
  [
    'a challenge to something odd is answered by a secret all the same',
    [...greeted, 'C: AUTH\r\n', 'S: 334 \r\n', 'C: cGFzcw==\r\n', 'S: 535 no\r\n'],
    [...heardGreeted, 'C malformed AUTH no-mechanism', 'S 334 to [AUTH]', 'C answer', 'S 535 to answer'],
  ],
  [
    'STARTTLS refused',
    [...greeted, 'C: STARTTLS\r\nNOOP\r\n', 'S: 454 no\r\n250 ok\r\n'],
    [...heardGreeted, 'C STARTTLS', 'S 454 to STARTTLS', 'C NOOP', 'S 250 to NOOP'],
  ],
  [
    'a reply while the body is on its way',
    [...greeted, ...mail, 'C: x\r\n', 'S: 552 too big\r\n', 'C: .\r\n'],
    [...heardGreeted, ...heardMail, 'C body "x\\r\\n"', 'S 552', 'C body "" last'],
  ],
  [
    'chunks refused are drained, each with its reply',
    [...greeted, 'C: BDAT 4\r\na\r\nbBDAT 2 LAST\r\nb\n', 'S: 503 a\r\n503 b\r\n'],
    [
      ...heardGreeted,
      'C BDAT',
      'C body "a\\r\\nb" last',
      'C BDAT',
      'C body "b\\n" last (bare-lf)',
      'S 503 to BDAT (no-mail)',
      'S 503 to BDAT (no-mail)',
    ],
  ],
  // form
  [
    'multi-line replies of odd make',
    ['S: 220-a\r\n221-b\r\nc\r\n220 d\r\n', 'S: nonsense\r\n', 'S: 250\r\n'],
    ['S 220 (reply-codes-differ) (reply-line-without-code)', 'S unreadable no-reply-code', 'S 250'],
  ],
  [
    'NUL, bare CR and bare LF in a command',
    [...greeted, 'C: NO\0OP\r\nNO\rOP\r\nNOOP\nQUIT\r\n', 'S: 500 a\r\n500 b\r\n500 c\r\n'],
    [
      ...heardGreeted,
      'C unreadable nul (nul)',
      'C unreadable bare-cr (bare-cr)',
      'C unreadable bare-lf (bare-lf)',
      'S 500 to []',
      'S 500 to []',
      'S 500 to []',
    ],
  ],
  [
    'bare CR and LF in a body',
    [...greeted, ...mail, 'C: a\nb\rc\r\n.\r\n'],
    [...heardGreeted, ...heardMail, 'C body "a\\nb\\rc\\r\\n" last (bare-lf) (bare-cr)'],
  ],
  // TLS
  [
    'TLS: both sides are sealed',
    [...greeted, 'C: STARTTLS\r\n', 'S: 220 go\r\n', 'C: \x16\x03\x01\r\nNOOP\r\n', 'S: 250 x\r\n'],
    [...heardGreeted, 'C STARTTLS', 'S 220 to STARTTLS', 'S sealed 53-53', 'C sealed 23-23'],
  ],
  [
    'TLS: plaintext behind STARTTLS in one segment',
    [...greeted, 'C: STARTTLS\r\nNOOP injected\r\n', 'S: 220 go\r\n'],
    [...heardGreeted, 'C STARTTLS', 'S 220 to STARTTLS', 'S sealed 53-53', 'C sealed 23-38 (plaintext-after-starttls)'],
  ],
  [
    'TLS: plaintext before a record',
    [...greeted, 'C: STARTTLS\r\nRSET\r\n\x16\x03\x01', 'S: 220 go\r\n'],
    [...heardGreeted, 'C STARTTLS', 'S 220 to STARTTLS', 'S sealed 53-53', 'C sealed 23-29 (plaintext-after-starttls)'],
  ],
  [
    'TLS: a record that came early is no plaintext',
    [...greeted, 'C: STARTTLS\r\n\x16\x03\x01', 'S: 220 go\r\n'],
    [...heardGreeted, 'C STARTTLS', 'S 220 to STARTTLS', 'S sealed 53-53', 'C sealed 23-23'],
  ],
  [
    'TLS: a response injected',
    [...greeted, 'C: STARTTLS\r\n', 'S: 220 go\r\n250 injected\r\n'],
    [...heardGreeted, 'C STARTTLS', 'S 220 to STARTTLS', 'S sealed 53-67 (plaintext-after-starttls)', 'C sealed 23-23'],
  ],
  // holes
  [
    'a hole between commands',
    [...greeted, 'C: MAIL FROM:<a@b>\r\nRC', 'C? 20', 'C: d>\r\nDATA\r\n', 'S: 250 a\r\n250 b\r\n354 c\r\n'],
    [
      ...heardGreeted,
      'C MAIL',
      'C unknown RC (cut-by-hole)',
      'C hole 20',
      'C unreadable unknown-command secret',
      'C DATA',
      'S 250 to MAIL',
      'S 250 to unknown',
      'S 354 to DATA',
    ],
  ],
  [
    'a hole that takes the end of a line only',
    [...greeted, 'C: NOOP\r', 'C? 1', 'C: QUIT\r\n', 'S: 250 a\r\n221 b\r\n'],
    [...heardGreeted, 'C NOOP (cut-by-hole)', 'C hole 1', 'C QUIT', 'S 250 to NOOP', 'S 221 to QUIT'],
  ],
  [
    'a hole in a body',
    [...greeted, ...mail, 'C: one\r\n.', 'C? 100', 'C: .\r\nthree\r\n.\r\n', 'S: 250 ok\r\n'],
    [
      ...heardGreeted,
      ...heardMail,
      'C body "one\\r\\n"',
      'C body "."',
      'C hole 100 in body',
      'C body ".\\r\\nthree\\r\\n" last',
      'S 250 to message',
    ],
  ],
  [
    'a hole in a chunk',
    [...greeted, 'C: BDAT 10 LAST\r\nabc', 'C? 5', 'C: ijQUIT\r\n'],
    [...heardGreeted, 'C BDAT', 'C body "abc"', 'C hole 5 in body', 'C body "ij" last assumed', 'C QUIT'],
  ],
  [
    'a hole beyond a chunk',
    [...greeted, 'C: BDAT 4\r\nabc', 'C? 5', 'C: P\r\nQUIT\r\n'],
    [
      ...heardGreeted,
      'C BDAT',
      'C body "abc"',
      'C hole 5 in body',
      'C body "" last assumed',
      'C unreadable unknown-command secret',
      'C QUIT',
    ],
  ],
  [
    'a reply that a hole cuts',
    [
      'S: 220 mail.example.com ESMTP Pos',
      'S? 6',
      'C: EHLO a.test\r\n',
      'S: 250-mail.example.com\r\n250-PIPE',
      'S? 225',
      'S: 250 late\r\n',
    ],
    ['S 220 (cut-by-hole)', 'S hole 6', 'C EHLO', 'S 250 to EHLO (cut-by-hole)', 'S hole 225', 'S 250'],
  ],
  [
    'a 354 in a hole',
    [...greeted, 'C: DATA\r\n', 'S? 20', 'C: Subject: x\r\n.\r\n', 'S: 250 queued\r\n'],
    [...heardGreeted, 'C DATA', 'S hole 20', 'C body "Subject: x\\r\\n" last assumed', 'S 250 to DATA'],
  ],
  [
    'a refusal of DATA in a hole',
    [...greeted, 'C: DATA\r\n', 'S? 20', 'C: QUIT\r\n'],
    [...heardGreeted, 'C DATA', 'S hole 20', 'C QUIT assumed'],
  ],
  [
    'replies in a hole: 354 tells where we are',
    [...greeted, 'C: MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n', 'S? 12', 'S: 354 go\r\n'],
    [...heardGreeted, 'C MAIL', 'C RCPT', 'C DATA', 'S hole 12', 'S 354 to DATA'],
  ],
  // one direction, ends
  [
    'only the client was captured',
    ['S.', 'C: EHLO a\r\nAUTH LOGIN\r\nYQ==\r\nYg==\r\nMAIL FROM:<a@b>\r\nDATA\r\nx\r\n.\r\nQUIT\r\n', 'C.'],
    [
      'C EHLO',
      'C AUTH',
      'C answer assumed',
      'C answer assumed',
      'C MAIL assumed',
      'C DATA',
      'C body "x\\r\\n" last assumed',
      'C QUIT',
    ],
  ],
  [
    'only the client was captured, TLS begins',
    ['S.', 'C: EHLO a\r\nSTARTTLS\r\n\x16\x03\x01', 'C.'],
    ['C EHLO', 'C STARTTLS', 'C sealed 18-18 assumed', 'S sealed 0-0 assumed'],
  ],
  [
    'only the server was captured',
    ['C.', 'S: 220 hi\r\n250 a\r\n354 b\r\n250 c\r\n', 'S.'],
    ['S 220', 'S 250', 'S 354', 'S 250'],
  ],
  [
    'both ends come in the middle of something',
    [...greeted, 'C: NOO', 'S: 250-x\r\n25', 'C.', 'S.'],
    [...heardGreeted, 'C unreadable no-line-end', 'S 250 (reply-line-without-code) (cut-by-hole)'],
  ],
  [
    'the end comes in the middle of a sign-in',
    [...greeted, 'C: AUTH PLAIN AGEA', 'C.'],
    [...heardGreeted, 'C unreadable no-line-end secret'],
  ],
  [
    'the end comes in the middle of an answer',
    [...greeted, 'C: AUTH LOGIN\r\n', 'S: 334 \r\n', 'C: c2Vjc', 'C.'],
    [...heardGreeted, 'C AUTH', 'S 334 to AUTH', 'C unreadable no-line-end secret'],
  ],
  [
    'the end comes in a body',
    [...greeted, ...mail, 'C: x\r\n.', 'C.'],
    [...heardGreeted, ...heardMail, 'C body "x\\r\\n"', 'C body "."'],
  ],
  // joined midway
  [
    'joined in commands',
    ['C: oo@bar>\r\nQUIT\r\n', 'S: 250 ok\r\n221 bye\r\n'],
    ['C unreadable unknown-command secret', 'C QUIT', 'S 250 to []', 'S 221 to QUIT'],
    { joined: 'in commands' },
  ],
  [
    'joined in a message',
    ['C: lo\r\n..\r\n.\r\nquit\r\n', 'S: 250 ok\r\n221 bye\r\n'],
    ['C body "lo\\r\\n" assumed', 'C body ".\\r\\n" last assumed', 'C QUIT', 'S 250 to message', 'S 221 to QUIT'],
    { joined: 'in message' },
  ],
  [
    'inside TLS after STARTTLS no greeting comes',
    ['C: EHLO a\r\n', 'S: 250 x\r\n', 'C: STARTTLS\r\n', 'S: 503 no\r\n'],
    ['C EHLO', 'S 250 to EHLO', 'C STARTTLS', 'S 503 to STARTTLS (starttls-twice)'],
    { inside: 'starttls' },
  ],
  // credentials at the wrong place
  [
    'a password where a command is due',
    [...greeted, 'C: AUTH LOGIN\r\n', 'S: 504 no\r\n', 'C: not-real\r\nNOOP\r\nHELLO\r\nHELLO\r\n'],
    [
      ...heardGreeted,
      'C AUTH',
      'S 504 to AUTH',
      'C unreadable unknown-command secret',
      'C NOOP',
      'C unreadable unknown-command secret',
      'C unknown HELLO',
    ],
  ],
  [
    'base64 that can be read, anywhere',
    [...greeted, 'C: bm90LXJlYWw=\r\nHELLO\r\n'],
    [...heardGreeted, 'C unreadable unknown-command secret', 'C unknown HELLO'],
  ],
  [
    'LHLO is heard as what it is',
    ['S: 220 hi\r\n', 'C: lhlo a.test\r\n', 'S: 250 x\r\n'],
    ['S 220', 'C unknown LHLO', 'S 250 to unknown'],
  ],
]
for (const [name, events, heard, options] of stories) {
  void test(name, () => assert.deepEqual(hearAll(events, options), heard))
}

const lfMail = 'a\n.\nMAIL FROM:<x@y>\nDATA\n'
const lenient: readonly [name: string, events: readonly string[], heard: readonly string[]][] = [
  [
    'a Unix client whose server takes it',
    ['C: MAIL FROM:<a@b>\nDATA\n', 'S: 250 a\r\n354 c\r\n', 'C: x\ny\n.\n', 'S: 250 ok\r\n', 'C: QUIT\n'],
    [
      'C MAIL (bare-lf)',
      'C DATA (bare-lf)',
      'S 250 to MAIL',
      'S 354 to DATA',
      'C body "x\\ny\\n" (bare-lf)',
      'C body "" last (end-of-data-bare-lf)',
      'S 250 to message',
      'C QUIT (bare-lf)',
    ],
  ],
  [
    'a smuggled mail that the server took',
    [
      'C: DATA\r\n',
      'S: 354 c\r\n',
      `C: ${lfMail}`,
      'S: 250 one\r\n250 two\r\n354 three\r\n',
      'C: b\r\n.\r\n',
      'S: 250 four\r\n',
    ],
    [
      'C DATA',
      'S 354 to DATA',
      'C body "a\\n" (bare-lf)',
      'C body "" last (end-of-data-bare-lf)',
      'C MAIL (bare-lf)',
      'C DATA (bare-lf)',
      'S 250 to message',
      'S 250 to MAIL',
      'S 354 to DATA',
      'C body "b\\r\\n" last',
      'S 250 to message',
    ],
  ],
  [
    'all of it in one segment, all replies in another',
    ['C: DATA\r\n', 'S: 354 c\r\n', `C: ${lfMail}b\r\n.\r\n`, 'S: 250 one\r\n250 two\r\n354 three\r\n250 four\r\n'],
    [
      'C DATA',
      'S 354 to DATA',
      'C body "a\\n" (bare-lf)',
      'C body "" last (end-of-data-bare-lf)',
      'C MAIL (bare-lf)',
      'C DATA (bare-lf)',
      'S 250 to message',
      'S 250 to MAIL',
      'S 354 to DATA',
      'C body "b\\r\\n" last',
      'S 250 to message',
    ],
  ],
  [
    'a server that was not taken in answers once',
    ['C: DATA\r\n', 'S: 354 c\r\n', `C: ${lfMail}b\r\n.\r\n`, 'S: 250 one\r\n', 'C: QUIT\r\n', 'S: 221 bye\r\n'],
    [
      'C DATA',
      'S 354 to DATA',
      'C body "a\\n" (bare-lf)',
      'C body ".\\nMAIL FROM:<x@y>\\nDATA\\nb\\r\\n" last (bare-lf)',
      'C QUIT',
      'S 250 to message',
      'S 221 to QUIT',
    ],
  ],
  [
    'the same, and the conversation ends there',
    ['C: DATA\r\n', 'S: 354 c\r\n', `C: ${lfMail}b\r\n.\r\n`, 'S: 250 one\r\n', 'C.', 'S.'],
    [
      'C DATA',
      'S 354 to DATA',
      'C body "a\\n" (bare-lf)',
      'C body ".\\nMAIL FROM:<x@y>\\nDATA\\nb\\r\\n" last (bare-lf)',
      'S 250 to message',
    ],
  ],
  [
    'only the client: a command follows the mark',
    ['S.', 'C: DATA\r\nSubject: x\n.\nQUIT\n', 'C.'],
    [
      'C DATA',
      'C body "Subject: x\\n" assumed (bare-lf)',
      'C body "" last assumed (end-of-data-bare-lf)',
      'C QUIT (bare-lf)',
    ],
  ],
  [
    'only the client: text follows the mark',
    ['S.', 'C: DATA\r\nSubject: x\n.\nmore\r\n.\r\n', 'C.'],
    ['C DATA', 'C body "Subject: x\\n" assumed (bare-lf)', 'C body ".\\nmore\\r\\n" last assumed (bare-lf)'],
  ],
]
for (const [name, events, heard] of lenient) {
  void test(`lenient: ${name}`, () =>
    assert.deepEqual(hearAll(events, { lenient: true, joined: 'in commands' }), heard))
}
