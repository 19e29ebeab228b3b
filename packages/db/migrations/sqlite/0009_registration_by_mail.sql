CREATE TABLE `registration_links` (
	`email_key` text PRIMARY KEY NOT NULL,
	`email` text NOT NULL,
	`secret_hash` blob NOT NULL,
	`expires_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `registration_links_secret_hash_unique` ON `registration_links` (`secret_hash`);--> statement-breakpoint
CREATE INDEX `registration_links_expires_at` ON `registration_links` (`expires_at`);