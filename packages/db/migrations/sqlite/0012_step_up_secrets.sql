ALTER TABLE `sessions` ADD `step_up_hash` blob;--> statement-breakpoint
ALTER TABLE `sessions` ADD `step_up_at` integer;