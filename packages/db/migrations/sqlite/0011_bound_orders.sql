ALTER TABLE `mail_links` ADD `session_id` text;--> statement-breakpoint
ALTER TABLE `outbox` ADD `bound_email_key` text;--> statement-breakpoint
ALTER TABLE `outbox` ADD `bound_credential_version` integer;--> statement-breakpoint
ALTER TABLE `outbox` ADD `bound_session_id` text;--> statement-breakpoint
CREATE INDEX `outbox_user_id` ON `outbox` (`user_id`) WHERE due_at is not null;--> statement-breakpoint
CREATE INDEX `users_email_beyond_ascii` ON `users` (`email`) WHERE email glob '*[^ -~]*';--> statement-breakpoint
-- Links to an address that was written down as typed, in a form that mail may not go to: they are asked for again.
DELETE FROM `mail_links` WHERE new_email GLOB '*[^ -~]*';
