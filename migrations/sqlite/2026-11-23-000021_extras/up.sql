-- Extras of a site that can be asked for with a space: a projector, a trolley of ten chairs. Each item of stock is a unit, taken by rows in
-- occupancies like any other, so that the same guard holds. Which facilities may ask for an extra stands in facility_unit; at most 12 items.
CREATE TABLE extra (
    id INTEGER PRIMARY KEY,
    site_id BIGINT NOT NULL REFERENCES site (id),
    slug TEXT NOT NULL,
    name TEXT NOT NULL,
    -- Every space of the site that is booked by the hour may ask for it, also those that are added later.
    for_all BOOLEAN NOT NULL,
    UNIQUE (site_id, slug)
);

CREATE TABLE extra_unit (
    unit_id BIGINT PRIMARY KEY REFERENCES unit (id),
    extra_id BIGINT NOT NULL REFERENCES extra (id),
    position INTEGER NOT NULL CHECK (position BETWEEN 1 AND 12),
    UNIQUE (extra_id, position)
);

-- What a booking asks for, a line each: slug, number, name. Which of its dates go without which, a line each: number of the date, slug.
ALTER TABLE particulars ADD COLUMN extras TEXT NOT NULL DEFAULT '';
ALTER TABLE particulars ADD COLUMN extras_without TEXT NOT NULL DEFAULT '';
-- How the room is to be set out: one of the facility's layouts.
ALTER TABLE particulars ADD COLUMN layout TEXT NOT NULL DEFAULT '';
ALTER TABLE facility_care ADD COLUMN layouts TEXT NOT NULL DEFAULT '';

-- What the last one out ticks, a line each, in words of the site's own. A site without a row has no list.
CREATE TABLE closing_list (
    site_id BIGINT PRIMARY KEY REFERENCES site (id),
    lines TEXT NOT NULL
);

-- What has been ticked of it on a day. `ticked` are places in `lines`, which are kept as they were.
CREATE TABLE closing (
    id INTEGER PRIMARY KEY,
    site_id BIGINT NOT NULL REFERENCES site (id),
    closed_on TEXT NOT NULL,
    lines TEXT NOT NULL,
    ticked TEXT NOT NULL,
    done_at BIGINT NOT NULL,
    done_name TEXT NOT NULL,
    done_by BIGINT REFERENCES person (id),
    by_staff BOOLEAN NOT NULL,
    UNIQUE (site_id, closed_on)
);

-- Group rooms that are there already get the layouts that new ones start with.
INSERT INTO facility_care (facility_id)
SELECT id FROM facility WHERE kind = 'group' AND id NOT IN (SELECT facility_id FROM facility_care);
UPDATE facility_care SET layouts = 'Theatre
Circle
Boardroom
Empty' WHERE facility_id IN (SELECT id FROM facility WHERE kind = 'group');
