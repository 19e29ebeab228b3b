CREATE TABLE `mail_links` (
	`user_id` text NOT NULL,
	`kind` text NOT NULL,
	`secret_hash` blob NOT NULL,
	`email_key` text NOT NULL,
	`credential_version` integer NOT NULL,
	`new_email` text,
	`new_email_key` text,
	`expires_at` integer NOT NULL,
	PRIMARY KEY(`user_id`, `kind`),
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `mail_links_secret_hash_unique` ON `mail_links` (`secret_hash`);--> statement-breakpoint
CREATE TABLE `outbox` (
	`id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`user_id` text,
	`address` text,
	`address_key` text,
	`ordered_at` integer NOT NULL,
	`user_agent` text,
	`ip_address` text,
	`attempts` integer NOT NULL,
	`due_at` integer
);
--> statement-breakpoint
CREATE INDEX `outbox_due_at` ON `outbox` (`due_at`) WHERE due_at is not null;--> statement-breakpoint
CREATE INDEX `outbox_address_key` ON `outbox` (`address_key`,`ordered_at`);--> statement-breakpoint
CREATE INDEX `outbox_ordered_at` ON `outbox` (`ordered_at`);--> statement-breakpoint
ALTER TABLE `users` ADD `email_verified_at` integer;