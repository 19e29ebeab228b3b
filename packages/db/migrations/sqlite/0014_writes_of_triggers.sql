-- What these triggers wrote is written by the stores, in the transaction of the operation. All rows stay. `timeline_is_never_changed`
-- stays too: it writes nothing, and forbids a change by any program that opens the file.
DROP TRIGGER `feed_session_started`;
--> statement-breakpoint
DROP TRIGGER `feed_session_ended`;
--> statement-breakpoint
DROP TRIGGER `feed_file_added`;
--> statement-breakpoint
DROP TRIGGER `feed_file_removed`;
--> statement-breakpoint
DROP TRIGGER `feed_trim`;
--> statement-breakpoint
DROP TRIGGER `timeline_session_created`;
--> statement-breakpoint
DROP TRIGGER `timeline_session_expired`;
--> statement-breakpoint
DROP TRIGGER `timeline_trim_session`;
--> statement-breakpoint
DROP TRIGGER `timeline_trim_user`;
--> statement-breakpoint
DROP TRIGGER `key_ring_counts_new_keys`;
--> statement-breakpoint
DROP TRIGGER `key_ring_counts_changed_keys`;
--> statement-breakpoint
DROP TRIGGER `key_ring_counts_removed_keys`;
