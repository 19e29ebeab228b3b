CREATE TABLE `challenges` (
	`id` text PRIMARY KEY NOT NULL,
	`purpose` text NOT NULL,
	`secret_hash` blob NOT NULL,
	`user_id` text NOT NULL,
	`credential_version` integer NOT NULL,
	`session_id` text,
	`network` text,
	`data` text NOT NULL,
	`tries_left` integer NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`session_id`) REFERENCES `sessions`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `challenges_user` ON `challenges` (`user_id`);--> statement-breakpoint
CREATE INDEX `challenges_network` ON `challenges` (`network`) WHERE network is not null;--> statement-breakpoint
CREATE INDEX `challenges_expires_at` ON `challenges` (`expires_at`);--> statement-breakpoint
CREATE INDEX `challenges_session` ON `challenges` (`session_id`) WHERE session_id is not null;--> statement-breakpoint
ALTER TABLE `sessions` ADD `step_up_methods` text DEFAULT '[]' NOT NULL;--> statement-breakpoint
CREATE INDEX `credentials_beside_passwords` ON `credentials` (`id`) WHERE kind <> 'password';