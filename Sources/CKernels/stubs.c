
#pragma STDC FP_CONTRACT OFF
#include "ckernels.h"
#include <math.h>
static float un(int o, float x){ float y=x; switch(o){case CK_NEGATE:return -x;case CK_ABSOLUTE:return fabsf(x);case CK_SIGN:return x>0?1:x<0?-1:x;case CK_SQRT:return sqrtf(x);
case CK_RSQRT:return 1/sqrtf(x);case CK_RECIPROCAL:return 1/x;case CK_EXP:ck_exp(&y,&x,1);return y;case CK_LOG:ck_log(&y,&x,1);return y;case CK_LOG1P:return log1pf(x);case CK_TANH:ck_tanh(&y,&x,1);return y;
case CK_SIGMOID:ck_sigmoid(&y,&x,1);return y;case CK_ERF:return erff(x);case CK_SOFTPLUS:return (x>0?x:0)+log1pf(expf(-fabsf(x)));case CK_SIN:return sinf(x);case CK_COS:return cosf(x);case CK_RELU:return x<=0?0:x;case CK_FLOOR:return floorf(x);default:return x!=x;}}
void ck_unary(int o, float*y,const float*x,ptrdiff_t n){for(ptrdiff_t i=0;i<n;i++)y[i]=un(o,x[i]);}
static float bi(int o,float a,float b){switch(o){case CK_ADD:return a+b;case CK_SUBTRACT:return a-b;case CK_MULTIPLY:return a*b;case CK_DIVIDE:return a/b;case CK_MAXIMUM:return a>b?a:b;case CK_MINIMUM:return a<b?a:b;case CK_POWER:return powf(a,b);case CK_EQUAL:return a==b;case CK_LESS:return a<b;case CK_LESS_OR_EQUAL:return a<=b;default:return b>0?a:0;}}
static ptrdiff_t at(ptrdiff_t i,const ptrdiff_t*st,const ptrdiff_t*s,int r){ptrdiff_t o=0;for(int d=r-1;d>=0;d--){o+=i%s[d]*st[d];i/=s[d];}return o;}
static ptrdiff_t cnt(const ptrdiff_t*s,int r){ptrdiff_t c=1;for(int d=0;d<r;d++)c*=s[d];return c;}
void ck_binary(int o,float*y,const float*a,const ptrdiff_t*as,const float*b,const ptrdiff_t*bs,const ptrdiff_t*s,int r){ptrdiff_t n=cnt(s,r);for(ptrdiff_t i=0;i<n;i++)y[i]=bi(o,a[at(i,as,s,r)],b[at(i,bs,s,r)]);}
void ck_ternary(int o,float*y,const float*a,const ptrdiff_t*as,const float*b,const ptrdiff_t*bs,const float*c,const ptrdiff_t*cs,const ptrdiff_t*s,int r){ptrdiff_t n=cnt(s,r);for(ptrdiff_t i=0;i<n;i++){float A=a[at(i,as,s,r)],B=b[at(i,bs,s,r)],C=c[at(i,cs,s,r)];y[i]=o==CK_MULTIPLY_ADD?fmaf(A,B,C):o==CK_SELECT?(A!=0?B:C):(A<B?B:A>C?C:A);}}
void ck_gather_strided(float*y,const float*x,const ptrdiff_t*st,const ptrdiff_t*s,int r){ptrdiff_t n=cnt(s,r);for(ptrdiff_t i=0;i<n;i++)y[i]=x[at(i,st,s,r)];}
void ck_scatter_strided(float*y,const ptrdiff_t*st,const float*x,const ptrdiff_t*s,int r){ptrdiff_t n=cnt(s,r);for(ptrdiff_t i=0;i<n;i++)y[at(i,st,s,r)]=x[i];}
void ck_sum_rows(float*y,const float*x,ptrdiff_t r,ptrdiff_t c){for(ptrdiff_t i=0;i<r;i++)y[i]=ck_sum(x+i*c,c);}
void ck_dot_rows(float*y,const float*a,const float*b,ptrdiff_t r,ptrdiff_t c){for(ptrdiff_t i=0;i<r;i++)y[i]=ck_dot(a+i*c,b+i*c,c);}
void ck_sum_axis(float*y,const float*x,ptrdiff_t o,ptrdiff_t n,ptrdiff_t in){for(ptrdiff_t i=0;i<o;i++)for(ptrdiff_t j=0;j<in;j++){float s=0;for(ptrdiff_t k=0;k<n;k++)s+=x[(i*n+k)*in+j];y[i*in+j]=s;}}
void ck_channel_dots(float*s,const float*a,const float*b,ptrdiff_t n,ptrdiff_t c,ptrdiff_t in){for(ptrdiff_t ch=0;ch<c;ch++){float p=0;for(ptrdiff_t i=0;i<n;i++)for(ptrdiff_t j=0;j<in;j++){ptrdiff_t k=(i*c+ch)*in+j;p=fmaf(a[k],b[k],p);}s[ch]=p;}}
void ck_matmul_batched(float*c,const float*a,const float*b,ptrdiff_t B,ptrdiff_t m,ptrdiff_t n,ptrdiff_t k,ptrdiff_t as,ptrdiff_t bs,int ta,int tb){for(ptrdiff_t i=0;i<B;i++)ck_matmul(c+i*m*n,a+i*as,b+i*bs,m,n,k,ta,tb);}
void ck_lamb_direction(float*d,float*m,float*v,const float*w,const float*g,const ck_adam*s,ptrdiff_t n){for(ptrdiff_t i=0;i<n;i++){m[i]=fmaf(s->beta1,m[i],s->one_minus_beta1*g[i]);float q=g[i]*g[i];v[i]=fmaf(s->beta2,v[i],s->one_minus_beta2*q);d[i]=fmaf(s->decay,w[i],(m[i]/s->correction1)/(sqrtf(v[i]/s->correction2)+s->epsilon));}}
void ck_average_step(float*a,const float*w,float k,float t,ptrdiff_t n){for(ptrdiff_t i=0;i<n;i++){float x=t*w[i];a[i]=fmaf(k,a[i],x);}}
