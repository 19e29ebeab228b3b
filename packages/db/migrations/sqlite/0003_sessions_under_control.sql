CREATE TABLE `key_ring` (
	`id` integer PRIMARY KEY NOT NULL,
	`version` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `signing_keys` (
	`seq` integer PRIMARY KEY NOT NULL,
	`kid` text NOT NULL,
	`algorithm` text NOT NULL,
	`public_jwk` text NOT NULL,
	`sealed_private_key` blob NOT NULL,
	`created_at` integer NOT NULL,
	`signs_from` integer NOT NULL,
	`signs_until` integer NOT NULL,
	`verifies_until` integer NOT NULL,
	`revoked_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `signing_keys_kid_unique` ON `signing_keys` (`kid`);--> statement-breakpoint
CREATE TABLE `timeline` (
	`seq` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`at` integer NOT NULL,
	`event` text NOT NULL,
	`outcome` text NOT NULL,
	`user_id` text NOT NULL,
	`session_id` text,
	`actor_id` text,
	`detail` text,
	`user_agent` text,
	`ip_address` text
);
--> statement-breakpoint
CREATE INDEX `timeline_user_id` ON `timeline` (`user_id`);--> statement-breakpoint
CREATE INDEX `timeline_session_id` ON `timeline` (`session_id`);--> statement-breakpoint
ALTER TABLE `users` ADD `role` text DEFAULT 'user' NOT NULL;--> statement-breakpoint
ALTER TABLE `users` ADD `claims_version` integer DEFAULT 1 NOT NULL;