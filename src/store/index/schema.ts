/**
 * The tables of the index: a view of the journal that may be thrown away. Rows are few and narrow, since their commit
 * is the dearest part of a delivery; facts, envelopes and hashes stay in the journal and only their place is here.
 *
 * `entry.other` is set for every row of a message but its first, whose place the message itself knows: so a delivery to
 * one mailbox touches no second index.
 */
import type { Database } from './driver.ts'
import { numberOf } from './driver.ts'

/** Raised with every change of the tables: an index of another version is built anew. */
export const indexVersion = 1

const tables = `
  CREATE TABLE position (id INTEGER PRIMARY KEY, number INTEGER, segment INTEGER, at INTEGER, safe INTEGER);
  CREATE TABLE era (first INTEGER PRIMARY KEY, tag TEXT NOT NULL);
  CREATE TABLE people (kind INTEGER, key TEXT, value BLOB NOT NULL, PRIMARY KEY (kind, key)) WITHOUT ROWID;
  CREATE TABLE mailbox (
    id INTEGER PRIMARY KEY, account TEXT NOT NULL, name TEXT NOT NULL, validity INTEGER NOT NULL, next INTEGER NOT NULL,
    modseq INTEGER NOT NULL, messages INTEGER NOT NULL, bytes INTEGER NOT NULL
  );
  CREATE INDEX mailbox_name ON mailbox (account, name);
  CREATE TABLE message (
    number INTEGER PRIMARY KEY, segment INTEGER NOT NULL, at INTEGER NOT NULL, head INTEGER NOT NULL,
    size INTEGER NOT NULL, received INTEGER NOT NULL, copies INTEGER NOT NULL, mailbox INTEGER, uid INTEGER,
    queue TEXT NOT NULL, told INTEGER NOT NULL, story TEXT, file TEXT, gone INTEGER
  );
  CREATE INDEX message_queue ON message (queue);
  CREATE INDEX message_gone ON message (gone) WHERE gone IS NOT NULL;
  CREATE INDEX message_file ON message (file) WHERE file IS NOT NULL;
  CREATE TABLE entry (
    mailbox INTEGER, uid INTEGER, message INTEGER NOT NULL, modseq INTEGER NOT NULL, flags TEXT NOT NULL,
    size INTEGER NOT NULL, received INTEGER NOT NULL, other INTEGER, PRIMARY KEY (mailbox, uid)
  ) WITHOUT ROWID;
  CREATE INDEX entry_other ON entry (message) WHERE other IS NOT NULL;
  CREATE TABLE segment (number INTEGER PRIMARY KEY, dead INTEGER NOT NULL);
  CREATE TABLE story (
    id TEXT PRIMARY KEY, segment INTEGER NOT NULL, at INTEGER NOT NULL, head INTEGER NOT NULL, size INTEGER NOT NULL,
    length INTEGER NOT NULL, began INTEGER NOT NULL, ended INTEGER NOT NULL, sealed INTEGER NOT NULL, mail INTEGER NOT NULL,
    summary BLOB NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX story_began ON story (began);
  CREATE INDEX story_sealed ON story (ended) WHERE sealed > 0;
  CREATE TABLE story_message (message INTEGER, story TEXT, PRIMARY KEY (message, story)) WITHOUT ROWID;
  CREATE TABLE story_owner (account TEXT, story TEXT, PRIMARY KEY (account, story)) WITHOUT ROWID;
  CREATE INDEX story_owner_story ON story_owner (story);
`

/**
 * Settings of the writing connection: commits are not flushed one by one, the journal is what is safe. A commit writes
 * whole pages, a few for each mailbox it touches, so small ones are cheaper.
 */
export function prepareForWriting(database: Database): void {
  database.execute(`
    PRAGMA page_size = 2048;
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = NORMAL;
    PRAGMA wal_autocheckpoint = 0;
    PRAGMA cache_size = -16384;
    PRAGMA temp_store = MEMORY;
  `)
}

/** True when the tables are there, in this version. */
export function hasTables(database: Database): boolean {
  return numberOf(database.prepare('PRAGMA user_version').get()?.['user_version']) === indexVersion
}

/** Makes the tables in an empty database. */
export function makeTables(database: Database): void {
  database.execute(`BEGIN; ${tables}; PRAGMA user_version = ${indexVersion}; COMMIT;`)
}
