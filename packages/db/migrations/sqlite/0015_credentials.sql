CREATE TABLE `credentials` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`kind` text NOT NULL,
	`lookup_key` text,
	`data` text NOT NULL,
	`version` integer NOT NULL,
	`label` text,
	`created_at` integer NOT NULL,
	`last_used_at` integer,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `credentials_lookup_key_unique` ON `credentials` (`lookup_key`);--> statement-breakpoint
CREATE INDEX `credentials_user` ON `credentials` (`user_id`);--> statement-breakpoint
CREATE UNIQUE INDEX `credentials_one_password` ON `credentials` (`user_id`) WHERE kind = 'password';--> statement-breakpoint
-- Of a password the id is the user's: there is one at most, and SQL could draw none of version 7.
INSERT INTO `credentials` (`id`, `user_id`, `kind`, `data`, `version`, `created_at`)
SELECT `id`, `id`, 'password', `password_hash`, 1, `created_at` FROM `users`;
--> statement-breakpoint
DROP INDEX `users_password_cost`;
--> statement-breakpoint
ALTER TABLE `users` DROP COLUMN `password_hash`;
--> statement-breakpoint
-- The two digits of the cost in a bcrypt hash, ours or another system's. The highest is asked for at each login; a refresh
-- changes neither. By hand, because drizzle-kit takes the expression apart at its commas.
CREATE INDEX `credentials_password_cost` ON `credentials` (substr(`data`, instr(`data`, '$2') + 4, 2)) WHERE kind = 'password';
--> statement-breakpoint
-- A process of the version before must not go on beside this schema: it reads and writes the column that is gone.
PRAGMA user_version = 1;