-- Ready-made agents to start from. Global product data, the same in every environment,
-- so the ids are written out.

CREATE TABLE agent_templates (
  id uuid PRIMARY KEY,
  slug text NOT NULL UNIQUE,
  name text NOT NULL,
  category text NOT NULL
    CHECK (category IN ('sales', 'support', 'scheduling', 'collections', 'research')),
  description text NOT NULL,
  system_prompt text NOT NULL,
  first_message text NOT NULL,
  default_settings jsonb NOT NULL DEFAULT '{}',
  minimum_tier text NOT NULL DEFAULT 'free' REFERENCES subscription_tiers (code),
  is_published boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL DEFAULT now()
);

INSERT INTO agent_templates
  (id, slug, name, category, description, system_prompt, first_message, default_settings, minimum_tier)
VALUES
  ('5d1c0a52-0b0f-4a51-9b51-6d2f3c1e0001', 'front-desk', 'Front desk', 'support',
   'Answers the main line, finds out what the caller needs and takes a message or transfers.',
   'You answer the main line of {{company}}. Find out who is calling and why. Transfer urgent matters; otherwise take a message with name and number.',
   'Thank you for calling {{company}}, how can I help?',
   '{"direction": "inbound", "transfer": true}', 'free'),
  ('5d1c0a52-0b0f-4a51-9b51-6d2f3c1e0002', 'appointment-booking', 'Appointment booking', 'scheduling',
   'Books, moves and cancels appointments in the connected calendar.',
   'You book appointments for {{company}}. Offer at most three free times. Repeat the day and the hour before you confirm.',
   'Hello, this is the booking line of {{company}}. Would you like to make or change an appointment?',
   '{"direction": "inbound", "tools": ["calendar"]}', 'starter'),
  ('5d1c0a52-0b0f-4a51-9b51-6d2f3c1e0003', 'appointment-reminder', 'Appointment reminder', 'scheduling',
   'Calls the day before, confirms or offers another time.',
   'You remind {{contact}} of the appointment with {{company}} on {{date}}. If the time no longer suits, offer to move it.',
   'Hello {{contact}}, I am calling from {{company}} about your appointment tomorrow.',
   '{"direction": "outbound", "max_attempts": 2}', 'starter'),
  ('5d1c0a52-0b0f-4a51-9b51-6d2f3c1e0004', 'lead-qualification', 'Lead qualification', 'sales',
   'Calls new leads within minutes, asks four questions and hands warm ones to a person.',
   'You call people who asked {{company}} for information. Ask about need, budget, time and who decides. Hand over when they are ready to talk.',
   'Hi {{contact}}, you asked us about our services. Is this a good moment?',
   '{"direction": "outbound", "max_attempts": 4}', 'starter'),
  ('5d1c0a52-0b0f-4a51-9b51-6d2f3c1e0005', 'order-status', 'Order status', 'support',
   'Looks up an order by number and tells where it is.',
   'You tell callers of {{company}} where their order is. Ask for the order number, look it up, and read the expected day of delivery.',
   'Hello, please tell me your order number and I will look it up.',
   '{"direction": "inbound", "tools": ["order_lookup"]}', 'growth'),
  ('5d1c0a52-0b0f-4a51-9b51-6d2f3c1e0006', 'payment-reminder', 'Payment reminder', 'collections',
   'Friendly reminder of an overdue invoice, with a payment link by text message.',
   'You remind {{contact}} of invoice {{invoice}}. Stay friendly, offer the payment link, never argue about the amount.',
   'Hello {{contact}}, this is {{company}} with a short reminder about an open invoice.',
   '{"direction": "outbound", "max_attempts": 3, "tools": ["send_link"]}', 'growth'),
  ('5d1c0a52-0b0f-4a51-9b51-6d2f3c1e0007', 'customer-survey', 'Customer survey', 'research',
   'Three questions after a purchase, with the answers as structured data.',
   'You ask customers of {{company}} three questions about their purchase. Take the answers as they are and thank them.',
   'Hi {{contact}}, do you have one minute for three questions about your purchase?',
   '{"direction": "outbound", "max_attempts": 1}', 'growth'),
  ('5d1c0a52-0b0f-4a51-9b51-6d2f3c1e0008', 'after-hours', 'After hours', 'support',
   'Takes calls at night, wakes the person on duty for emergencies only.',
   'You answer calls to {{company}} outside business hours. Decide whether it is an emergency by the rules given. If it is, transfer to the person on duty.',
   'You have reached {{company}} outside our business hours. Is this an emergency?',
   '{"direction": "inbound", "transfer": true, "schedule": "after_hours"}', 'scale');

ALTER TABLE agents
  ADD COLUMN template_id uuid REFERENCES agent_templates (id);
