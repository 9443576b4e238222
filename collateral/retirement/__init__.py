"""What leaves the library: with a reason, a replacement and a way back.

The docket proposes what sales leaves aside, with its evidence and the chance that this is wrong;
people decide to keep, mend or retire; policies set grace, floor and reviews. A retired asset leaves
search at once; its files may be deleted only after the holding time.
"""
