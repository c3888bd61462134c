/** Every text, gathered. Parts stand beside what they speak of. */
import type { Entry } from './entry.ts'
import { findingEntries } from './findings/findings.ts'
import { messageEntries } from './message.ts'
import { outcomeEntries } from './outcomes.ts'
import { pop3Commands } from './pop3/commands.ts'
import { pop3Replies } from './pop3/replies.ts'
import { remarkEntries } from './remarks/remarks.ts'
import { saslEntries } from './sasl.ts'
import { smtpCommands } from './smtp/commands.ts'
import { smtpEnhancedCodes } from './smtp/enhanced-codes.ts'
import { smtpKeywords } from './smtp/keywords.ts'
import { smtpParameters } from './smtp/parameters.ts'
import { smtpRareCommands } from './smtp/rare-commands.ts'
import { smtpNegativeReplies, smtpOddReplies } from './smtp/replies-negative.ts'
import { smtpPositiveReplies } from './smtp/replies-positive.ts'

export const catalogue: readonly Entry[] = [
  ...smtpCommands,
  ...smtpRareCommands,
  ...smtpParameters,
  ...smtpPositiveReplies,
  ...smtpNegativeReplies,
  ...smtpOddReplies,
  ...smtpEnhancedCodes,
  ...smtpKeywords,
  ...saslEntries,
  ...pop3Commands,
  ...pop3Replies,
  ...messageEntries,
  ...remarkEntries,
  ...findingEntries,
  ...outcomeEntries,
]
