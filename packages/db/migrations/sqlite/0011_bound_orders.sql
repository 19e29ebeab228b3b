ALTER TABLE `mail_links` ADD `session_id` text;--> statement-breakpoint
ALTER TABLE `outbox` ADD `bound_email_key` text;--> statement-breakpoint
ALTER TABLE `outbox` ADD `bound_credential_version` integer;--> statement-breakpoint
ALTER TABLE `outbox` ADD `bound_session_id` text;--> statement-breakpoint
CREATE INDEX `outbox_user_id` ON `outbox` (`user_id`) WHERE due_at is not null;