-- Why a thumbnail was declined, in the words of whoever declined it; with the wish it is forgotten.
ALTER TABLE thumbnail_moves ADD COLUMN reason TEXT;
