# nbgrader's settings for a course in TypeScript: copy this file into the course's folder.
from estimand_kernel.nbgrader import configure

c = get_config()
c.CourseDirectory.course_id = "statistics"
configure(c)
